# The UTF-8 mode and what it means for the standard streams and the arguments.
import os
import subprocess
import sys

CODE = """import sys
print(sys.flags.utf8_mode, [(s.encoding, s.errors) for s in (sys.stdin, sys.stdout, sys.stderr)], ascii(sys.argv[1:]))"""

for options, changes in (
    ((), {"LC_ALL": "C"}),
    ((), {"LC_ALL": "POSIX"}),
    ((), {"LC_ALL": "C.UTF-8"}),
    ((), {"LANG": "C.UTF-8"}),
    ((), {"LC_CTYPE": "C.UTF-8"}),
    ((), {}),
    ((), {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}),
    ((), {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"}),
    (("-X", "utf8"), {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"}),
    (("-X", "utf8=0"), {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}),
    (("-E",), {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}),
    ((), {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin1"}),
    ((), {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "UTF-8"}),
    ((), {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": ":replace"}),
    ((), {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin1:ignore", "PYTHONUTF8": "1"}),
    ((), {"PYTHONUTF8": "xxx"}),
    (("-X", "utf8=xxx"), {}),
):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, *options, "-c", CODE, "h\xe9\u20ac"], env=env | changes, capture_output=True, text=True
    )
    print(options, changes, done.returncode, done.stdout, end="")
    if done.returncode:
        print(done.stderr.splitlines()[0])
# Without the mode the arguments of the POSIX locale are ASCII.
env = dict(os.environ, LC_ALL="C")
code = "import sys; print(ascii(sys.argv[1:]))"
done = subprocess.run([sys.executable, "-X", "utf8=0", "-c", code, "h\xe9"], env=env, capture_output=True, text=True)
print(done.stdout)
