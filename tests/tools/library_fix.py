"""Writes the difference between a module of the library and an edited copy of it as a fix.

    python3 tests/tools/library_fix.py PATH EDITED REASON...

PATH is the module's file below the library (`http/client.py`), EDITED a file with the text that it shall have. The fix goes to
`python_env/lib/fixes`; reasons that stand there already stay.
"""

import difflib
import glob
import os
import sys

path, edited, *reasons = sys.argv[1:]
[library] = glob.glob(os.path.expanduser("~/.cargo/registry/src/*/rustpython-pylib-*/Lib"))
module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
target = f"python_env/lib/fixes/{module}.diff"
known = []
if os.path.exists(target):
    with open(target) as f:
        known = f.read().partition("--- a/")[0].splitlines()
with open(f"{library}/{path}") as old, open(edited) as new:
    diff = "".join(difflib.unified_diff(old.readlines(), new.readlines(), f"a/{path}", f"b/{path}", n=2))
with open(target, "w") as f:
    for reason in known + [r for r in reasons if r not in known]:
        print(reason, file=f)
    f.write(diff)
