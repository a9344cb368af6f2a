"""A deterministic profiler: counts and times the calls of the thread that enabled it.

It is a profile function of the interpreter that keeps a stack of calls and a table of what was called. Other profilers
are kept away through the number that `sys.monitoring` gives to them.
"""

import sys
from collections import namedtuple
from time import perf_counter_ns
from types import ModuleType, SimpleNamespace

__all__ = ["Profiler", "profiler_entry", "profiler_subentry"]


def _shown(self):
    fields = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self))
    return f"_lsprof.{type(self).__name__}({fields})"


profiler_entry = namedtuple("profiler_entry", "code callcount reccallcount totaltime inlinetime calls", module=__name__)
profiler_subentry = namedtuple("profiler_subentry", "code callcount reccallcount totaltime inlinetime", module=__name__)
profiler_entry.__repr__ = profiler_subentry.__repr__ = _shown


class _Entry:
    """What is known of the calls of one function, or of those that another one made."""

    __slots__ = "code", "calls", "recursive", "total", "inline", "depth", "callees"

    def __init__(self, code):
        self.code = code
        self.calls = self.recursive = self.depth = 0
        self.total = self.inline = 0
        self.callees = {}

    def add(self, spent, own):
        self.depth -= 1
        if self.depth == 0:
            self.total += spent
        else:
            self.recursive += 1
        self.inline += own
        self.calls += 1


def _label(function):
    """The name of a native function; the object that it is bound to is not kept alive."""
    name = getattr(function, "__name__", "?")
    if hasattr(function, "__objclass__"):
        return repr(function)
    owner = getattr(function, "__self__", None)
    if isinstance(owner, ModuleType):
        return f"<built-in method {owner.__name__}.{name}>"
    if owner is not None:
        for base in type(owner).__mro__:
            if name in base.__dict__:
                return repr(base.__dict__[name])
    module = getattr(function, "__module__", None)
    return f"<built-in method {module}.{name}>" if isinstance(module, str) else f"<built-in method {name}>"


class Profiler:
    """Build a profiler object using the specified timer function.

    timer
      A function that gives the time, in seconds as a float or, with a timeunit, as an integer.
    timeunit
      How many seconds such an integer is.
    subcalls
      Whether to keep for each function what it called.
    builtins
      Whether native functions count.
    """

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        if not hasattr(timeunit, "__float__") and not hasattr(timeunit, "__index__"):
            raise TypeError(f"must be real number, not {type(timeunit).__name__}")
        self._timer = timer
        self._unit = float(timeunit)
        self._subcalls = bool(subcalls)
        self._builtins = bool(builtins)
        self._asking = self._enabled = False
        self._entries = {}
        # Of the running calls: [entry, entry of the call by its caller, start, time in callees, key].
        self._stack = []

    def _time(self):
        self._asking = True
        try:
            now = self._timer()
            if self._unit > 0:
                if not isinstance(now, int):
                    raise TypeError(f"'{type(now).__name__}' object cannot be interpreted as an integer")
                return now
            if not isinstance(now, (int, float)):
                raise TypeError(f"must be real number, not {type(now).__name__}")
            return round(now * 1e9)
        except BaseException as e:
            sys.unraisablehook(
                SimpleNamespace(
                    exc_type=type(e),
                    exc_value=e,
                    exc_traceback=e.__traceback__,
                    err_msg=f"Exception ignored while calling _lsprof timer {self._timer!r}",
                    object=None,
                )
            )
            return 0
        finally:
            self._asking = False

    def _enter(self, key, code):
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Entry(code)
        entry.depth += 1
        part = None
        if self._subcalls and self._stack:
            callees = self._stack[-1][0].callees
            part = callees.get(key)
            if part is None:
                part = callees[key] = _Entry(entry.code)
            part.depth += 1
        call = [entry, part, 0, 0, key]
        self._stack.append(call)
        call[2] = perf_counter_ns() if self._timer is None else self._time()

    def _leave(self):
        now = perf_counter_ns() if self._timer is None else self._time()
        if not self._stack:
            return
        entry, part, start, inner, _ = self._stack.pop()
        spent = now - start
        if self._stack:
            self._stack[-1][3] += spent
        entry.add(spent, spent - inner)
        if part is not None:
            part.add(spent, spent - inner)

    def _event(self, frame, event, arg):
        code = frame.f_code
        if code in _OWN:
            if event == "call" and self._builtins and _OWN[code]:
                self._enter(_OWN[code], _OWN[code])
            elif event == "return" and self._stack and self._stack[-1][4] == _OWN[code]:
                self._leave()
        elif event == "call":
            self._enter(id(code), code)
        elif event == "return":
            # The caller of enable() returns from a call that nobody saw.
            if self._stack and self._stack[-1][4] == id(code):
                self._leave()
        elif self._builtins:
            if event == "c_call":
                label = _label(arg)
                self._enter(label, label)
            elif self._stack and type(self._stack[-1][4]) is str:
                self._leave()

    def enable(self, subcalls=True, builtins=True):
        """Start collecting profiling information.

        subcalls
          If True, also records for each function statistics separated according to its current caller.
        builtins
          If True, records the time spent in built-in functions separately from their caller.
        """
        if self._asking:
            raise RuntimeError("cannot enable profiler in external timer")
        self._subcalls, self._builtins = bool(subcalls), bool(builtins)
        sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "cProfile")
        self._enabled = True
        sys.setprofile(self._event)

    def disable(self):
        """Stop collecting profiling information."""
        if self._asking:
            raise RuntimeError("cannot disable profiler in external timer")
        if self._enabled:
            sys.setprofile(None)
            self._enabled = False
            sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)
            while self._stack:
                self._leave()

    def clear(self):
        """Clear all profiling information collected so far."""
        if self._asking:
            raise RuntimeError("cannot clear profiler in external timer")
        self._entries = {}
        self._stack = []

    def getstats(self):
        """Return a list of profiler_entry objects, one for each function that was called."""
        unit = self._unit if self._timer is not None and self._unit > 0 else 1e-9

        def numbers(entry):
            return entry.code, entry.calls, entry.recursive, entry.total * unit, entry.inline * unit

        found = []
        for entry in list(self._entries.values()):
            if entry.calls:
                callees = [profiler_subentry(*numbers(e)) for e in entry.callees.values() if e.calls]
                found.append(profiler_entry(*numbers(entry), callees or None))
        return found

    def _pystart_callback(self, code, instruction_offset, /):
        self._enter(id(code), code)

    def _pythrow_callback(self, code, instruction_offset, exception, /):
        self._enter(id(code), code)

    def _pyreturn_callback(self, code, instruction_offset, retval, /):
        self._leave()

    def _ccall_callback(self, code, instruction_offset, callable, self_arg, /):
        if self._builtins:
            label = _label(callable)
            self._enter(label, label)

    def _creturn_callback(self, code, instruction_offset, callable, self_arg, /):
        if self._builtins:
            self._leave()


Profiler.__module__ = "_lsprof"
# Its own methods are shown like native ones, and making one is no call.
_OWN = {Profiler.__init__.__code__: None} | {
    getattr(Profiler, name).__code__: f"<method '{name}' of '_lsprof.Profiler' objects>"
    for name in ("enable", "disable", "clear", "getstats")
}
