"""What fails between fork and exec is not blamed on the program."""

import os
import subprocess


def told(**how):
    try:
        subprocess.check_output(["/bin/true"], **how)
    except OSError as e:
        print(type(e).__name__, e.errno, e.filename)
    else:
        print("ran")


told(pass_fds=[99999])
told(pass_fds=[99999], close_fds=True, start_new_session=True)
told(process_group=999999)
told(cwd="/nonexistent")
r, w = os.pipe()
told(pass_fds=[r, w])
told()
for program in ["/nonexistent/program"], ["nonexistent-program"], ["/etc/hostname"], ["/"]:
    try:
        subprocess.run(program)
    except OSError as e:
        print(type(e).__name__, e.errno, e.filename)
# Nothing is left open for these failures.
before = len(os.listdir("/proc/self/fd"))
for _ in range(20):
    try:
        subprocess.check_output(["/bin/true"], pass_fds=[99999])
    except OSError:
        pass
print(len(os.listdir("/proc/self/fd")) - before)
