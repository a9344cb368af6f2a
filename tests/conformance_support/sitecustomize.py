"""Tests of TLS and of foreign functions are skipped, as in a Python that was built without them.

Both modules can be imported here, so that programs start that may never use them, but there is nothing that could be tested.
"""

import sys

sys.modules['ssl'] = sys.modules['ctypes'] = None
