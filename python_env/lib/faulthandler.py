"""Dumps of the threads' Python tracebacks: on request, after a time, on a signal, when the process dies of one.

Fatal signals are reported by native code (`_faulthandler`). Handlers of others run as Python's do, in the main thread at its
next safepoint.
"""

import _faulthandler
import _thread
import os
import signal
import sys

_MAX_FRAMES = 100
_MAX_NAME = 500
_file = None
_handlers = {}
_timer = None


def _descriptor(file):
    if file is None:
        file = sys.stderr
        if file is None:
            raise RuntimeError("sys.stderr is None")
    if isinstance(file, int):
        if file < 0:
            raise ValueError("file is not a valid file descriptor")
        return file
    descriptor = file.fileno()
    if not isinstance(descriptor, int) or descriptor < 0:
        raise RuntimeError("file.fileno() is not a valid file descriptor")
    try:
        file.flush()
    except Exception:
        pass
    return descriptor


def _ascii(name):
    """The name as handlers of fatal signals write it."""
    shown = name[:_MAX_NAME]
    out = "".join(c if " " <= c <= "~" else c.encode("ascii", "backslashreplace").decode() for c in shown)
    out = "".join(c if c >= " " else f"\\x{ord(c):02x}" for c in out).replace("\x7f", "\\x7f")
    return out + "..." if len(name) > _MAX_NAME else out


def _write_stack(write, frame):
    n = 0
    while frame is not None:
        if n == _MAX_FRAMES:
            write("  ...\n")
            return
        code = frame.f_code
        write(f'  File "{_ascii(code.co_filename)}", line {frame.f_lineno} in {_ascii(code.co_name)}\n')
        frame = frame.f_back
        n += 1


def _threads(frames, current, mark):
    """The text about the threads that have frames, the last started first."""
    parts = []
    for ident, name in _faulthandler.threads():
        if ident not in frames:
            continue
        head = "Current thread" if mark and ident == current else "Thread"
        gap = "\n" if parts else ""
        name = f" [{name}]" if name else ""
        parts.append(f"{gap}{head} 0x{ident:016x}{name} (most recent call first):\n")
        _write_stack(parts.append, frames[ident])
    return parts


def _dump(descriptor, frame, all_threads, current):
    if all_threads:
        frames = sys._current_frames()
        if frame is not None:
            frames[current] = frame
        parts = _threads(frames, current, frame is not None)
    else:
        parts = ["Stack (most recent call first):\n"]
        _write_stack(parts.append, frame)
    os.write(descriptor, "".join(parts).encode("ascii", "backslashreplace"))


def enable(file=None, all_threads=True, c_stack=True):
    """Enable the fault handler."""
    global _file
    _faulthandler.enable(_descriptor(file), all_threads, c_stack)
    # Its descriptor stays open as long as it is written to.
    _file = file


def disable():
    """Disable the fault handler."""
    global _file
    _file = None
    return _faulthandler.disable()


def is_enabled():
    """Check if the handler is enabled."""
    return _faulthandler.is_enabled()


def _sigsegv(release_gil=False, /):
    """Raise a SIGSEGV signal."""
    _faulthandler.die(signal.SIGSEGV)


def _read_null():
    """Read from NULL, raise a SIGSEGV or SIGBUS signal depending on the platform."""
    _faulthandler.die(signal.SIGSEGV)


def _sigabrt():
    """Raise a SIGABRT signal."""
    _faulthandler.die(signal.SIGABRT)


def _sigfpe():
    """Raise a SIGFPE signal."""
    _faulthandler.die(signal.SIGFPE)


def _stack_overflow():
    """Recursive call to raise a stack overflow."""
    _faulthandler.overflow()


def dump_traceback(file=None, all_threads=True):
    """Dump the traceback of the current thread, or of all threads if all_threads is True, into file."""
    _dump(_descriptor(file), sys._getframe(1), all_threads, _thread.get_ident())


def dump_c_stack(file=None):
    """Dump the C stack of the current thread: there is none to show."""
    os.write(_descriptor(file), b"Current thread's C stack trace (most recent call first):\n  <cannot get C stack on this system>\n")


def dump_traceback_later(timeout, repeat=False, file=None, exit=False):
    """Dump the traceback of all threads in timeout seconds, or each timeout seconds if repeat is True."""
    global _timer
    if not hasattr(timeout, "__float__") and not hasattr(timeout, "__index__"):
        raise TypeError(f"'{type(timeout).__name__}' object cannot be interpreted as an integer or float")
    seconds = float(timeout)
    if not seconds > 0:
        raise ValueError("timeout must be greater than 0")
    if seconds > _thread.TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")
    descriptor = _descriptor(file)
    cancel_dump_traceback_later()
    whole, micro = divmod(round(seconds * 1e6), 10**6)
    minutes, second = divmod(whole, 60)
    fraction = f".{micro:06}" if micro else ""
    head = f"Timeout ({minutes // 60}:{minutes % 60:02}:{second:02}{fraction})!\n".encode()
    cancelled = _thread.allocate_lock()
    cancelled.acquire()

    def watch():
        me = _thread.get_ident()
        while not cancelled.acquire(timeout=seconds):
            os.write(descriptor, head)
            _dump_others(descriptor, sys._current_frames(), me)
            if exit:
                os._exit(1)
            if not repeat:
                break

    _timer = cancelled
    _thread.start_new_thread(watch, ())


def _dump_others(descriptor, frames, me):
    frames.pop(me, None)
    os.write(descriptor, "".join(_threads(frames, me, False)).encode("ascii", "backslashreplace"))


def cancel_dump_traceback_later():
    """Cancel the previous call to dump_traceback_later()."""
    global _timer
    if _timer is not None:
        _timer.release()
        _timer = None


def register(signum, file=None, all_threads=True, chain=False):
    """Register a handler for the signal 'signum': dump the traceback of the current thread, or of all threads if
    all_threads is True, into file."""
    if signum in (signal.SIGSEGV, signal.SIGFPE, signal.SIGABRT, signal.SIGBUS, signal.SIGILL):
        raise RuntimeError(f"signal {signum} cannot be registered, use enable() instead")
    if not 1 <= signum < signal.NSIG:
        raise ValueError("signal number out of range")
    descriptor = _descriptor(file)
    previous = _handlers[signum][0] if signum in _handlers else signal.getsignal(signum)

    def handler(number, frame):
        _dump(descriptor, frame, all_threads, _thread.get_ident())
        if not chain:
            return
        if callable(previous):
            previous(number, frame)
        elif previous == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            signal.signal(number, handler)

    signal.signal(signum, handler)
    _handlers[signum] = (previous, handler)


def unregister(signum):
    """Unregister the handler of the signal 'signum' registered by register()."""
    previous = _handlers.pop(signum, None)
    if previous is None:
        return False
    signal.signal(signum, previous[0] if previous[0] is not None else signal.SIG_DFL)
    return True
