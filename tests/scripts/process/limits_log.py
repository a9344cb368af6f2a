"""Resource limits, descriptor flags, the system log, errors of terminal calls."""
import fcntl
import os
import resource
import syslog
import termios


def attempt(f, *args):
    try:
        print("ok", f(*args))
    except Exception as e:
        print(type(e).__name__, e)


r, w = os.pipe()
for f, args in ((termios.tcgetattr, (r,)), (termios.tcsetattr, (r, 0, [])), (termios.tcsetattr, (r, 0, [0] * 7)), (termios.tcgetattr, ("x",)),
                (termios.tcsetwinsize, (r, (1,))), (termios.tcgetwinsize, (r,)), (termios.tcdrain, (r,)), (termios.tcflush, (r, 0))):
    attempt(f, *args)
print(termios.error.__mro__, termios.error.__module__, termios.TCSANOW, termios.ECHO, termios.VMIN)
print(syslog.LOG_MASK(3), syslog.LOG_UPTO(3), syslog.setlogmask(0xFF), syslog.openlog("test", syslog.LOG_PID), syslog.closelog())
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
print(soft > 0, resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
attempt(resource.getrlimit, 999)
attempt(resource.setrlimit, resource.RLIMIT_NOFILE, (soft,))
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_maxrss > 0, len(usage))
print(fcntl.fcntl(r, fcntl.F_GETFD), fcntl.fcntl(r, fcntl.F_SETFD, 0), fcntl.fcntl(r, fcntl.F_GETFD))
for fd in (r, w):
    os.close(fd)
