"""A standard descriptor that is closed at the start stays closed, and its stream is None."""

import os
import subprocess
import sys

NAMES = 'stdin', 'stdout', 'stderr'
CODE = '''
import os, sys
streams = [getattr(sys, name) is None for name in ('stdin', 'stdout', 'stderr')]
def closed(n):
    try:
        os.fstat(n)
    except OSError:
        return True
    return False
os.write(int(sys.argv[1]), repr((streams, [closed(n) for n in range(3)], sys.__stdin__ is None)).encode())
print('to nobody')
'''

for which in ((0,), (1,), (2,), (0, 1), (0, 1, 2), ()):
    r, w = os.pipe()

    def close():
        for n in which:
            os.close(n)

    child = subprocess.Popen([sys.executable, '-I', '-c', CODE, str(w)], pass_fds=[w], preexec_fn=close,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(w)
    with open(r, 'rb') as f:
        print(which, f.read().decode())
    out, err = child.communicate()
    print(out, err, child.returncode)
