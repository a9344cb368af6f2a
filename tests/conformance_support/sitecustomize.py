"""Tests of foreign functions are skipped, as in a Python that was built without them.

The module can be imported here, so that programs start that may never use it, but there is little that could be tested.
"""

import sys

sys.modules['ctypes'] = None
