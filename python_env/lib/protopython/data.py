"""Immutable collections that share structure, and what goes with them.

    >>> m = Map({"a": 1})
    >>> m2 = m.set("b", 2)            # a new version; m stays as it is
    >>> v = List(range(1000))
    >>> w = v[:500] + v[700:]         # no element is copied
    >>> with m.mutate() as t:         # a builder
    ...     t["x"] = 1
    >>> m3 = t.finish()

Any number of threads read one collection without a lock and without writing
shared memory. New versions share with old ones what they have in common, so
that comparing, merging and diffing two versions costs what they differ in.
"""

import collections.abc as _abc
import copyreg as _copyreg
import os as _os
import threading as _threading
import time as _time

try:
    from _protopython_data import (
        Atom as _Atom,
        ItemsView as _ItemsView,
        KeysView as _KeysView,
        List,
        Map,
        Set,
        SortedMap,
        SortedSet,
        ValuesView as _ValuesView,
        is_shared,
        share,
    )
except ImportError:
    from ._pure import (
        Atom as _Atom,
        List,
        Map,
        Set,
        SortedMap,
        SortedSet,
        is_shared,
        share,
    )
else:
    _abc.Sequence.register(List)
    _abc.Mapping.register(Map)
    _abc.Mapping.register(SortedMap)
    _abc.Set.register(Set)
    _abc.Set.register(SortedSet)
    _abc.KeysView.register(_KeysView)
    _abc.ValuesView.register(_ValuesView)
    _abc.ItemsView.register(_ItemsView)

from ._builders import Builder as _Builder
from ._record import Record

__all__ = [
    "Atom",
    "List",
    "Map",
    "Record",
    "Set",
    "SortedMap",
    "SortedSet",
    "cores",
    "freeze",
    "is_shared",
    "merge3",
    "pin_thread",
    "share",
    "snapshot",
    "thaw",
]


class Atom(_Atom):
    """Atom(value=None, /)

    A cell for one value, read and changed by any number of threads. No lock is
    held while a function of the caller's runs: swap(f) computes a new value
    from the one that it saw and tries again if another thread was faster.
    """

    __slots__ = ()

    def wait(self, predicate, timeout=None):
        """Wait until predicate(value) is true and return that value.

        TimeoutError after timeout seconds. The predicate is called in this
        thread, for the value as it is now and after changes.
        """
        changed = _threading.Condition()
        count = 0

        def notice(old, new):
            nonlocal count
            with changed:
                count += 1
                changed.notify()

        self.watch(notice)
        try:
            end = None if timeout is None else _time.monotonic() + timeout
            while True:
                seen = count
                value = self.get()
                if predicate(value):
                    return value
                with changed:
                    while count == seen:
                        left = None if end is None else end - _time.monotonic()
                        if left is not None and left <= 0:
                            raise TimeoutError("the value did not come to satisfy the predicate")
                        changed.wait(left)
        finally:
            self.unwatch(notice)

    def __repr__(self):
        return f"Atom({self.get()!r})"

    def __reduce__(self):
        return Atom, (self.get(),)


class _Missing:
    """What merge3() passes for a key that a version lacks."""

    __slots__ = ()

    def __repr__(self):
        return "MISSING"

    def __bool__(self):
        return False

    def __reduce__(self):
        return "MISSING"


MISSING = _Missing()


def merge3(base, ours, theirs, resolve=None):
    """Apply to ours what leads from base to theirs, three versions of one map.

    A key that both changed, differently, is a conflict: resolve(key, base,
    ours, theirs) gets the three values (MISSING where there is none) and
    returns the one to take, or MISSING to drop the key. Without resolve a
    conflict is a ValueError. The cost is that of the changes.
    """
    for version in (base, ours, theirs):
        if not isinstance(version, Map):
            raise TypeError(f"merge3() arguments must be Map, not {type(version).__name__}")
    merged = ours
    for _, key, _, _ in base.diff(theirs):
        old, mine, new = (version.get(key, MISSING) for version in (base, ours, theirs))
        if _same(mine, new):
            continue
        if not _same(old, mine):
            if resolve is None:
                raise ValueError(f"both versions changed {key!r}")
            new = resolve(key, old, mine, new)
        merged = merged.discard(key) if new is MISSING else merged.set(key, new)
    return merged


def _same(a, b):
    return a is b or (a is not MISSING and b is not MISSING and a == b)


_LEAVES = (
    type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented),
    range, type, type(len), type(lambda: None), type(_os),
)
_FROZEN = (List, Map, Set, SortedMap, SortedSet)


def freeze(value):
    """A new, deeply immutable graph of the same content.

    Lists become List, dicts Map, sets Set, bytearrays bytes; what tuples,
    frozensets and persistent collections hold is frozen, too. An object says
    by __freeze__() what stands for it. ValueError for a graph that holds
    itself, TypeError for an object that cannot be frozen; both name its path.
    """
    return _freeze(value, "value", {})


def _freeze(value, path, above):
    cls = type(value)
    if cls in _LEAVES:
        return value
    if id(value) in above:
        raise ValueError(f"cannot freeze a graph that holds itself: {path} is {above[id(value)]}")
    above[id(value)] = path
    try:
        return _freeze_object(value, cls, path, above)
    finally:
        del above[id(value)]


def _freeze_object(value, cls, path, above):
    hook = getattr(cls, "__freeze__", None)
    if hook is not None:
        return hook(value)
    if cls is list or cls is List:
        items = [_freeze(item, f"{path}[{i}]", above) for i, item in enumerate(value)]
        return value if cls is List and _unchanged(items, value) else List(items)
    if cls is tuple:
        items = tuple(_freeze(item, f"{path}[{i}]", above) for i, item in enumerate(value))
        return value if _unchanged(items, value) else items
    if cls in (dict, Map, SortedMap):
        items = {key: _freeze(item, f"{path}[{key!r}]", above) for key, item in value.items()}
        if cls is not dict and _unchanged(items.values(), value.values()):
            return value
        return SortedMap(items) if cls is SortedMap else Map(items)
    if cls is set:
        return Set(value)
    if cls in (frozenset, Set, SortedSet):
        return value
    if cls is bytearray:
        return bytes(value)
    if isinstance(value, Record):
        changes = {}
        for name in cls.__match_args__:
            old = getattr(value, name)
            new = _freeze(old, f"{path}.{name}", above)
            if new is not old:
                changes[name] = new
        return value.update(**changes) if changes else value
    if isinstance(value, _abc.Hashable) and cls.__hash__ is not object.__hash__ and not hasattr(value, "__dict__"):
        return value
    if isinstance(value, (type, _enum())):
        return value
    raise TypeError(f"cannot freeze {cls.__name__!r} object: {path}")


def _unchanged(new, old):
    return all(a is b for a, b in zip(new, old))


def _enum():
    import enum

    return enum.Enum


def thaw(value):
    """The mutable form of what freeze() makes: lists, dicts and sets again.

    An object says by __thaw__() what stands for it.
    """
    cls = type(value)
    if cls in _LEAVES:
        return value
    hook = getattr(cls, "__thaw__", None)
    if hook is not None:
        return hook(value)
    if cls is List:
        return [thaw(item) for item in value]
    if cls is tuple:
        items = tuple(map(thaw, value))
        return value if _unchanged(items, value) else items
    if cls is Map or cls is SortedMap:
        return {key: thaw(item) for key, item in value.items()}
    if cls is Set or cls is SortedSet:
        return set(value)
    if isinstance(value, Record):
        return value.update(**{name: thaw(getattr(value, name)) for name in cls.__match_args__})
    return value


def snapshot(value):
    """The content of a collection at one moment, which later changes do not touch.

    What is immutable is its own snapshot, a builder's is what it would finish
    as, an Atom's its value. A list, dict or set is copied in one step, and
    threads that write to it wait meanwhile: who cannot have that keeps a
    persistent collection in an Atom.
    """
    if isinstance(value, _Atom):
        return value.get()
    if isinstance(value, _Builder):
        return value.finish()
    if isinstance(value, (list, dict, set, bytearray)):
        return value.copy()
    if isinstance(value, (*_FROZEN, tuple, frozenset, str, bytes, Record)):
        return value
    copy = getattr(value, "copy", None)
    if copy is None:
        raise TypeError(f"cannot take a snapshot of {type(value).__name__!r} object")
    return copy()


def cores():
    """The numbers of the processor cores that this thread may run on."""
    if hasattr(_os, "sched_getaffinity"):
        return tuple(sorted(_os.sched_getaffinity(0)))
    return tuple(range(_os.cpu_count() or 1))


def pin_thread(core):
    """Let this thread run on one core only: a number from cores()."""
    if not hasattr(_os, "sched_setaffinity"):
        raise NotImplementedError("this system does not let threads choose their cores")
    core = int(core)
    if core not in range(_os.cpu_count() or core + 1):
        raise ValueError(f"there is no core {core}")
    _os.sched_setaffinity(0, {core})
