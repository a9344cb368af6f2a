# A module that stands in the way of the library's, whose name cannot be hashed: the error says that.
import os
import subprocess
import sys
import tempfile

START = """
import fractions
class substr(str):
    __hash__ = None
fractions.__name__ = substr("fractions")
try:
    %s
except TypeError as e:
    print("unhashable type: 'substr'" in str(e))
class plain(str):
    pass
fractions.__name__ = plain("fractions")
try:
    %s
except (AttributeError, ImportError) as e:
    print("consider renaming" in str(e))
"""

with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "fractions.py"), "w") as f:
        f.write("shadowing_module = True")
    for line in ("fractions.Fraction", "from fractions import Fraction"):
        with open(os.path.join(folder, "main.py"), "w") as f:
            f.write(START % (line, line))
        done = subprocess.run([sys.executable, "main.py"], cwd=folder, capture_output=True, text=True)
        print(done.returncode, done.stdout, done.stderr)
