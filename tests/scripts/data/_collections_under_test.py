"""Makes `protopython.data` importable on other Pythons, from this checkout; a module for scripts."""

import os
import sys

try:
    import protopython.data
except ImportError:
    here = os.path.dirname(os.path.abspath(__file__))
    # At the end: what else lies there must not stand before the library.
    sys.path.append(os.path.join(here, "..", "..", "..", "python_env", "lib"))
