# The documented names of sys, time, os, signal and errno.
import errno
import os
import signal
import sys
import time

SYS = """abiflags addaudithook api_version argv audit base_exec_prefix base_prefix breakpointhook builtin_module_names
byteorder call_tracing copyright displayhook dont_write_bytecode exc_info excepthook exception exec_prefix executable exit
flags float_info float_repr_style get_asyncgen_hooks get_coroutine_origin_tracking_depth get_int_max_str_digits
getallocatedblocks getdefaultencoding getfilesystemencodeerrors getfilesystemencoding getprofile getrecursionlimit
getrefcount getsizeof getswitchinterval gettrace hash_info hexversion implementation int_info intern is_finalizing
last_exc maxsize maxunicode meta_path modules orig_argv path path_hooks path_importer_cache platform platlibdir prefix
pycache_prefix set_asyncgen_hooks set_coroutine_origin_tracking_depth set_int_max_str_digits setprofile
setrecursionlimit setswitchinterval settrace stderr stdin stdlib_module_names stdout thread_info unraisablehook version
version_info warnoptions _getframe _current_frames _is_gil_enabled __stdout__ __excepthook__""".split()
print([n for n in SYS if not hasattr(sys, n) and n != "last_exc"])
TIME = """altzone asctime clock_getres clock_gettime clock_gettime_ns ctime daylight get_clock_info gmtime localtime mktime
monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns sleep strftime strptime struct_time
thread_time thread_time_ns time time_ns timezone tzname tzset CLOCK_MONOTONIC CLOCK_REALTIME""".split()
print([n for n in TIME if not hasattr(time, n)])
OS = """DirEntry F_OK O_APPEND O_CREAT O_EXCL O_NONBLOCK O_RDONLY O_RDWR O_TRUNC O_WRONLY PathLike R_OK SEEK_SET W_OK
X_OK _exit abort access altsep chdir chmod close cpu_count curdir device_encoding dup dup2 environ environb error execv
execve extsep fchmod fdatasync fdopen fork fsdecode fsencode fspath fstat fsync ftruncate get_blocking get_inheritable
get_terminal_size getcwd getcwdb getenv getgid getloadavg getpgid getpid getppid getuid isatty kill link linesep listdir
lseek lstat makedirs mkdir mkfifo name nice open pardir path pathsep pipe popen posix_spawn pread putenv pwrite read
readlink remove removedirs rename renames replace rmdir scandir sched_yield sendfile sep set_blocking set_inheritable
stat stat_result statvfs strerror symlink sync sysconf system times truncate umask uname unlink unsetenv urandom utime
wait waitpid waitstatus_to_exitcode walk write writev WEXITSTATUS WIFEXITED WIFSIGNALED WNOHANG WTERMSIG""".split()
print([n for n in OS if not hasattr(os, n)])
SIGNAL = """ITIMER_REAL SIGALRM SIGCHLD SIGHUP SIGINT SIGKILL SIGPIPE SIGTERM SIGUSR1 SIG_DFL SIG_IGN Signals alarm
default_int_handler getitimer getsignal pause pthread_kill pthread_sigmask raise_signal set_wakeup_fd setitimer
siginterrupt signal sigpending strsignal valid_signals""".split()
print([n for n in SIGNAL if not hasattr(signal, n)])
ERRNO = "E2BIG EACCES EAGAIN EBADF EBUSY ECONNREFUSED EEXIST EINTR EINVAL EIO EISDIR EMFILE ENOENT ENOMEM ENOSPC ENOTDIR ENOTEMPTY EPERM EPIPE ETIMEDOUT".split()
print([(n, getattr(errno, n)) for n in ERRNO])
print(type(sys.flags).__name__, len(sys.flags), type(sys.version_info).__name__, type(os.stat("/")).__name__, type(time.gmtime(0)).__name__, type(os.times()).__name__, type(sys.thread_info).__name__, type(sys.hash_info).__name__)
