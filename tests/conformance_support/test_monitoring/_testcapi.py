"""Stands for CPython's `_testcapi`, which fires events from C: there is none.

The tests that want it are skipped in `setUp` after they have taken their tools, which nobody gives back then, so that all tests
behind them would fail. They are given back here.
"""

import sys

for tool in range(6):
    if (sys.monitoring.get_tool(tool) or "").endswith(" TestCApiEventGeneration"):
        sys.monitoring.free_tool_id(tool)
raise ImportError("No module named '_testcapi'", name="_testcapi")
