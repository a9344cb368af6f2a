"""Calls everything that a module has with arguments picked at random: whatever they are, the process must live.

    protopython tests/tools/random_calls.py MODULE [SEED [COUNT]]

Results become arguments of later calls. With RANDOM_CALLS_LOG=FILE the file holds the call that runs, so that the last one
is known after a crash. Prints `MODULE: N calls`. Run it in a folder that may be written to.
"""
import gc
import importlib
import io
import itertools
import os
import random
import sys
import types

# What ends or blocks the process, changes it for good, touches other processes, or reaches this program's own state.
LEFT_OUT = set("""
_exit abort kill killpg pthread_kill raise_signal fork forkpty vfork fork_exec execv execve posix_spawn posix_spawnp system popen exit quit
wait waitpid wait3 wait4 waitid pause sleep sigwait sigwaitinfo sigtimedwait input breakpoint breakpointhook join acquire acquire_lock get lock
accept connect recv recvfrom recv_into recvmsg recvfrom_into recvmsg_into send sendall sendto sendmsg poll epoll select read readv pread
close closerange dup2 chroot setuid setgid seteuid setegid setreuid setregid setresuid setresgid setgroups initgroups setsid setpgid setpgrp
nice setpriority reboot sethostname unshare setns umask chdir fchdir tcsetpgrp login_tty openpty fcntl ioctl flock lockf
remove unlink rmdir removedirs rename chmod fchmod chown fchown lchown truncate ftruncate posix_fallocate mkfifo mknod pidfd_open
alarm setitimer signal siginterrupt set_wakeup_fd pthread_sigmask clock_settime clock_settime_ns tzset setrlimit prlimit
sched_setaffinity sched_setscheduler sched_setparam start_new_thread start_joinable_thread daemon_threads_allowed _shutdown interrupt_main
settrace setprofile _settraceallthreads _setprofileallthreads call_tracing set_asyncgen_hooks setswitchinterval setrecursionlimit
default_int_handler setprofile_all_threads settrace_all_threads _power_exact set_int_max_str_digits setdlopenflags addaudithook displayhook excepthook unraisablehook _run_exitfuncs exec eval globals locals vars
f_globals f_builtins f_back gi_frame cr_frame ag_frame tb_frame __globals__ __builtins__ __dict__ __class__ __subclasshook__ __init_subclass__
get_objects get_referrers get_referents modules meta_path path path_hooks path_importer_cache _current_frames _getframe
stdin stdout stderr __stdin__ __stdout__ __stderr__ warn warn_explicit _test
""".split())
# Numbers as arguments of these would only make large results.
GROWING = set("""
__mul__ __rmul__ __imul__ mul imul repeat __pow__ __rpow__ __ipow__ pow ipow __lshift__ __rlshift__ __ilshift__ lshift ilshift factorial comb perm
zfill ljust rjust center to_bytes _repeat
""".split())
ENDLESS = (itertools.count, itertools.cycle, itertools.repeat, itertools.chain, itertools.starmap, itertools.accumulate, itertools.product,
           itertools.zip_longest, itertools.combinations, itertools.permutations, itertools.combinations_with_replacement)


class Raises:
    def __index__(self):
        raise ValueError("index")

    def __len__(self):
        return -1

    def __iter__(self):
        raise KeyError("iter")

    def __eq__(self, other):
        raise ZeroDivisionError

    def __hash__(self):
        return 1


class Sequence:
    def __len__(self):
        return 5

    def __getitem__(self, i):
        if i > 7:
            raise IndexError
        return i

    def __index__(self):
        return 3

    def __call__(self, *args, **kwargs):
        return args


class ClearsItself(list):
    def __iter__(self):
        for item in list.__iter__(self):
            self.clear()
            yield item


class Text(str):
    pass


class Number(int):
    pass


SIMPLE = [
    0, 1, -1, 2, 7, 255, 256, -2**31, 2**31, 2**63 - 1, 2**63, -2**63, 2**64, 10**30, -10**40, 0.0, -0.0, 1.5, float("inf"), float("nan"),
    "", "a", "abc", "\xe9", "\U0001f600", "\ud800", "x" * 300, "\0", "utf-8", "rb", "strict", b"", b"a", b"\xff\x00", b"x" * 300,
    None, True, False, ..., NotImplemented, (), (1,), (1, 2), ("a", "b", 3), frozenset({1, "a"}), range(5), range(0, 1000, 7),
    slice(None), slice(1, -1, 2), slice(None, None, 0), 1j, complex("nan"), int, str, list, dict, object, type, len, print, ValueError, types,
]
FRESH = [
    list, dict, set, bytearray, object, Raises, Sequence, lambda: [1, 2, 3], lambda: [[]], lambda: {"a": 1}, lambda: {1: 2, "x": []},
    lambda: bytearray(b"abc"), lambda: memoryview(bytearray(8)), lambda: memoryview(b"abcdefgh").cast("I"), lambda: (x for x in "ab"),
    lambda: Text("sub"), lambda: Number(5), lambda: ClearsItself([3, 1, 2]), lambda: iter([1, 2]), lambda: {}.items(), lambda: zip([1], "a"),
    lambda: io.BytesIO(b"abc\ndef"), lambda: io.StringIO("x\ny"), lambda: types.SimpleNamespace(a=1), lambda: Exception("x"),
    lambda: property(len), lambda: classmethod(len), lambda: lambda x: x,
]


def type_name(value):
    return type.__dict__["__name__"].__get__(type(value))


def describe(value):
    if type(value) in (int, float, str, bytes, bool, type(None), slice):
        return repr(value)[:60]
    return f"<{type_name(value)}>"


def names_of(value):
    try:
        return [name for name in dir(value) if name not in LEFT_OUT]
    except Exception:
        return []


def main(module_name, seed, count):
    choose = random.Random(f"{module_name}{seed}")
    module = importlib.import_module(module_name)
    names = [name for name in names_of(module) if not name.startswith("__")]
    path = os.environ.get("RANDOM_CALLS_LOG")
    log = open(path, "w") if path else None
    kept = []

    def argument():
        if kept and choose.random() < 0.35:
            return choose.choice(kept)
        return choose.choice(SIMPLE) if choose.random() < 0.65 else choose.choice(FRESH)()

    for i in range(count):
        if not names or kept and choose.random() < 0.5:
            if not kept:
                kept.append(argument())
            target = choose.choice(kept)
            if choose.random() < 0.1:
                target = type(target)
            available = names_of(target)
        else:
            target, available = module, names
        if not available:
            continue
        name = choose.choice(available)
        args = [argument() for _ in range(choose.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5]))]
        if name in GROWING:
            args = [9 if isinstance(a, (int, float)) else a for a in args]
        if log:
            log.seek(0)
            log.truncate()
            log.write(f"{i} {describe(target)}.{name} {[describe(a) for a in args]}\n")
            log.flush()
        try:
            result = getattr(target, name)
            if callable(result):
                result = result(*args)
        except KeyboardInterrupt:
            raise
        except BaseException as e:
            result = e
        if result is None or type(result) in (bool, int, float) or isinstance(result, (*ENDLESS, types.ModuleType)):
            continue
        if type(result) is dict and "__name__" in result or type(result) in (str, bytes, list, tuple, dict) and len(result) > 5000:
            continue
        kept.append(result)
        if len(kept) > 60:
            kept.pop(choose.randrange(60))
        if i % 500 == 0:
            gc.collect()
    os.write(1, f"{module_name}: {count} calls\n".encode())
    # Not through the exit functions and streams, which the calls may have changed.
    os._exit(0)


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[2:]]
    main(sys.argv[1], *numbers, *[1, 2000][len(numbers):])
