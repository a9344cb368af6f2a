"""Tests that use foreign functions are skipped, as in a Python that was built without them, but for those of ctypes itself.

In other units they call CPython's C API or look at its objects' memory, of which there is nothing here.
"""

import sys

sys.modules['ctypes'] = None
