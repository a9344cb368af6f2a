"""The collections of protopython.data in plain Python, for other interpreters.

The same names, results and errors; new versions are copies, so that they cost
what they hold. Also the model that the native ones are tested against.
"""

import bisect as _bisect
import collections.abc as _abc
import operator as _operator
import threading as _threading
from types import GenericAlias as _GenericAlias


class _Base:
    """What all collections have in common."""

    __slots__ = ("_data", "_hash", "__weakref__")

    def __init_subclass__(cls):
        cls.__module__ = "protopython.data"

    __class_getitem__ = classmethod(_GenericAlias)

    @classmethod
    def _of(cls, data):
        self = object.__new__(cls)
        object.__setattr__(self, "_data", data)
        return self

    def __setattr__(self, name, value):
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __len__(self):
        return len(self._data)

    def __hash__(self):
        try:
            return self._hash
        except AttributeError:
            value = self._make_hash()
            object.__setattr__(self, "_hash", value)
            return value

    def _repr(self, content):
        return f"{type(self).__name__}({content!r})" if len(self) else f"{type(self).__name__}()"

    def copy(self):
        """The collection itself."""
        return self

    def __copy__(self):
        return self

    def mutate(self):
        """A builder that starts as this collection."""
        from . import _builders

        return getattr(_builders, type(self).__name__ + "Builder")(self)

    evolver = mutate

    def update_in(self, path, function, /, *default):
        """A new version in which function(old) stands at the end of the path."""
        return _step_in(self, tuple(path), function, default)


def _step_in(value, path, function, default):
    if not path:
        return function(value)
    key, *rest = path
    try:
        old = value[key]
    except KeyError:
        if not rest and not default:
            raise
        old = Map() if rest else default[0]
    return value.set(key, _step_in(old, rest, function, default))


def _hashable(key, what):
    try:
        hash(key)
    except TypeError as e:
        raise TypeError(f"cannot use {type(key).__name__!r} as a {what} ({e})") from None


class Map(_Base, _abc.Mapping):
    """An immutable map."""

    __slots__ = ()

    def __new__(cls, /, *args, **kwargs):
        if len(args) > 1:
            raise TypeError(f"Map expected at most 1 argument, got {len(args)}")
        if args and type(args[0]) is cls and not kwargs:
            return args[0]
        return cls._of(dict(*args, **kwargs))

    def __getitem__(self, key):
        return self._data[key]

    def __iter__(self):
        return iter(self._data)

    def __repr__(self):
        return self._repr(self._data)

    def __eq__(self, other):
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        return self._data == dict(other)

    __hash__ = _Base.__hash__

    def _make_hash(self):
        for value in self._data.values():
            hash(value)
        return hash(frozenset(self._data.items()))

    def __or__(self, other):
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        return self.update(other)

    def __ror__(self, other):
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        return Map(other).update(self)

    @classmethod
    def fromkeys(cls, iterable, value=None, /):
        """A map of the keys in the iterable, all with the value."""
        return cls(dict.fromkeys(iterable, value))

    def set(self, key, value, /):
        """A map with the value under the key."""
        new = self._data.copy()
        new[key] = value
        return self._of(new)

    def delete(self, key, /):
        """A map without the key; KeyError if it is not there."""
        new = self._data.copy()
        del new[key]
        return self._of(new)

    def discard(self, key, /):
        """A map without the key, if it is there."""
        return self.delete(key) if key in self._data else self

    def update(self, /, *args, **kwargs):
        """A map with the entries of a mapping, of pairs, and of keyword arguments."""
        if len(args) > 1:
            raise TypeError(f"update expected at most 1 argument, got {len(args)}")
        new = self._data.copy()
        new.update(*args, **kwargs)
        return self._of(new)

    def diff(self, other, /):
        """A list of the changes that lead to the other map."""
        if type(other) is not Map:
            raise TypeError(f"diff() argument must be Map, not {type(other).__name__}")
        changes = []
        for key, old in self._data.items():
            if key not in other:
                changes.append(("removed", key, old, None))
            elif not (other[key] is old or other[key] == old):
                changes.append(("changed", key, old, other[key]))
        changes += [("added", key, None, new) for key, new in other.items() if key not in self]
        return changes

    def __reduce__(self):
        return Map, (self._data,)


class _SetMethods:
    """What Set and SortedSet have in common."""

    __slots__ = ()

    @classmethod
    def _from_iterable(cls, iterable):
        return cls(iterable)

    def _operator(name):
        method = getattr(_abc.Set, name)

        def operator(self, other):
            # Other iterables are for the methods, as with set.
            return method(self, other) if isinstance(other, _abc.Set) else NotImplemented

        return operator

    __or__, __ror__ = _operator("__or__"), _operator("__ror__")
    __and__, __rand__ = _operator("__and__"), _operator("__rand__")
    __sub__, __rsub__ = _operator("__sub__"), _operator("__rsub__")
    __xor__, __rxor__ = _operator("__xor__"), _operator("__rxor__")
    del _operator

    def _make_hash(self):
        return hash(frozenset(self))

    def remove(self, item, /):
        """A set without the item; KeyError if it is not there."""
        if item not in self:
            raise KeyError(item)
        return self.discard(item)

    delete = remove

    def union(self, /, *others):
        """A set with the items of all others."""
        result = self
        for other in others:
            result = result | type(self)(other)
        return result

    update = union

    def intersection(self, /, *others):
        """A set of the items that all others have, too."""
        result = self
        for other in others:
            result = result & type(self)(other)
        return result

    def difference(self, /, *others):
        """A set of the items that none of the others has."""
        result = self
        for other in others:
            result = result - type(self)(other)
        return result

    def symmetric_difference(self, other, /):
        """A set of the items that one of the two has."""
        return self ^ type(self)(other)

    def issubset(self, other, /):
        """Whether the other one has all items of this one."""
        return self <= type(self)(other)

    def issuperset(self, other, /):
        """Whether this one has all items of the other one."""
        return self >= type(self)(other)

    def isdisjoint(self, other, /):
        """Whether the two have nothing in common."""
        return not self & type(self)(other)


class Set(_SetMethods, _Base, _abc.Set):
    """An immutable set."""

    __slots__ = ()

    def __new__(cls, iterable=(), /):
        return iterable if type(iterable) is cls else cls._of(frozenset(iterable))

    def __contains__(self, item):
        return item in self._data

    def __iter__(self):
        return iter(self._data)

    def __repr__(self):
        return self._repr(set(self._data))

    __hash__ = _Base.__hash__

    def add(self, item, /):
        """A set with the item."""
        _hashable(item, "set element")
        return self if item in self._data else self._of(self._data | {item})

    def discard(self, item, /):
        """A set without the item, if it is there."""
        return self._of(self._data - {item}) if item in self._data else self

    def diff(self, other, /):
        """A list of the changes that lead to the other set."""
        if type(other) is not Set:
            raise TypeError(f"diff() argument must be Set, not {type(other).__name__}")
        return [("removed", x) for x in self._data - other._data] + [
            ("added", x) for x in other._data - self._data
        ]

    def __reduce__(self):
        return Set, (list(self._data),)


class List(_Base, _abc.Sequence):
    """An immutable sequence."""

    __slots__ = ()

    def __new__(cls, iterable=(), /):
        return iterable if type(iterable) is cls else cls._of(tuple(iterable))

    def __getitem__(self, index):
        if isinstance(index, slice):
            return self._of(self._data[index])
        try:
            return self._data[index]
        except IndexError:
            raise IndexError("List index out of range") from None
        except TypeError:
            name = type(index).__name__
            raise TypeError(f"List indices must be integers or slices, not {name}") from None

    def __iter__(self):
        return iter(self._data)

    def __reversed__(self):
        return reversed(self._data)

    def __contains__(self, item):
        return item in self._data

    def __repr__(self):
        return self._repr(list(self._data))

    def _compare(self, other, op):
        return op(self._data, other._data) if type(other) is List else NotImplemented

    def __eq__(self, other):
        return self._compare(other, _operator.eq)

    def __lt__(self, other):
        return self._compare(other, _operator.lt)

    def __le__(self, other):
        return self._compare(other, _operator.le)

    def __gt__(self, other):
        return self._compare(other, _operator.gt)

    def __ge__(self, other):
        return self._compare(other, _operator.ge)

    __hash__ = _Base.__hash__

    def _make_hash(self):
        return hash((*self._data, len(self._data)))

    def __add__(self, other):
        if type(other) is not List:
            name = type(other).__name__
            raise TypeError(f'can only concatenate List (not "{name}") to List')
        return self._of(self._data + other._data)

    def __mul__(self, count):
        return self._of(self._data * count)

    __rmul__ = __mul__

    def _place(self, index):
        if not hasattr(type(index), "__index__"):
            name = type(index).__name__
            raise TypeError(f"List indices must be integers or slices, not {name}")
        at = _operator.index(index)
        at += len(self) if at < 0 else 0
        if not 0 <= at < len(self):
            raise IndexError("List assignment index out of range")
        return at

    def set(self, index, item, /):
        """A list with another item at the index."""
        at = self._place(index)
        return self._of((*self._data[:at], item, *self._data[at + 1:]))

    def append(self, item, /):
        """A list with the item at its end."""
        return self._of((*self._data, item))

    def insert(self, index, item, /):
        """A list with the item before the index."""
        items = list(self._data)
        items.insert(index, item)
        return self._of(tuple(items))

    def delete(self, index, /):
        """A list without the item at the index, or without a slice of items."""
        items = list(self._data)
        del items[index if isinstance(index, slice) else self._place(index)]
        return self._of(tuple(items))

    def pop(self, index=-1, /):
        """A list without the item at the index, and that item."""
        if not self._data:
            raise IndexError("pop from empty List")
        items = list(self._data)
        value = items.pop(index)
        return self._of(tuple(items)), value

    def remove(self, value, /):
        """A list without the first item that equals value."""
        if value not in self._data:
            raise ValueError("List.remove(x): x not in list")
        return self.delete(self._data.index(value))

    def extend(self, iterable, /):
        """A list with the items of the iterable at its end."""
        return self._of((*self._data, *iterable))

    update = extend

    def reverse(self):
        """A list of the items from the last to the first."""
        return self._of(self._data[::-1])

    def index(self, value, start=0, stop=2**63 - 1, /):
        """Return first index of value."""
        try:
            return self._data.index(value, start, stop)
        except ValueError:
            raise ValueError("List.index(x): x not in list") from None

    def count(self, value, /):
        """Return number of occurrences of value."""
        return self._data.count(value)

    def __reduce__(self):
        return List, (list(self._data),)


def _unique(pairs):
    """Pairs in order; of equal keys the first key with the last value."""
    result = []
    for key, value in sorted(pairs, key=lambda pair: pair[0]):
        if result and not result[-1][0] < key:
            result[-1] = (result[-1][0], value)
        else:
            if not result:
                key < key
            result.append((key, value))
    return tuple(result)


class _Sorted:
    """What SortedMap and SortedSet have in common; _keys() is sorted."""

    __slots__ = ()

    def _find(self, key):
        keys = self._keys()
        rank = _bisect.bisect_left(keys, key)
        return rank, rank < len(keys) and not key < keys[rank]

    def rank(self, key, /):
        """How many keys are less than key."""
        return self._find(key)[0]

    def range(self, start=None, stop=None, /):
        """What is in start <= key < stop; None: without a bound."""
        low = 0 if start is None else self.rank(start)
        high = len(self) if stop is None else self.rank(stop)
        return self._of(self._data[low:high])

    def _get(self, at):
        return self._data[at] if 0 <= at < len(self) else None

    def floor(self, key, /):
        """What has the greatest key that is not greater; None if there is none."""
        rank, there = self._find(key)
        return self._get(rank + there - 1)

    def ceiling(self, key, /):
        """What has the least key that is not less; None if there is none."""
        return self._get(self.rank(key))

    def nearest(self, key, /):
        """What has the nearest key, the lower one of two; None if there is none."""
        rank, there = self._find(key)
        below, above = rank + there - 1, rank
        if below < 0 or above >= len(self):
            return self._get(below if below >= 0 else above)
        keys = self._keys()
        if below == above or not keys[above] - key < key - keys[below]:
            return self._data[below]
        return self._data[above]

    def __reversed__(self):
        return reversed(self._keys())

    def __iter__(self):
        return iter(self._keys())


class _SortedKeys(_abc.KeysView):
    def __reversed__(self):
        return reversed(self._mapping)


class _SortedValues(_abc.ValuesView):
    def __reversed__(self):
        return (value for _, value in reversed(self._mapping._data))


class _SortedItems(_abc.ItemsView):
    def __reversed__(self):
        return reversed(self._mapping._data)


class SortedMap(_Sorted, _Base, _abc.Mapping):
    """An immutable map in the order of its keys."""

    __slots__ = ()

    def keys(self):
        """A set-like view of the keys."""
        return _SortedKeys(self)

    def values(self):
        """A view of the values."""
        return _SortedValues(self)

    def items(self):
        """A set-like view of the pairs (key, value)."""
        return _SortedItems(self)

    def __new__(cls, /, *args, **kwargs):
        if len(args) > 1:
            raise TypeError(f"SortedMap expected at most 1 argument, got {len(args)}")
        source = args[0] if args else ()
        if hasattr(source, "keys"):
            source = [(key, source[key]) for key in source.keys()]
        pairs = []
        for i, row in enumerate(source):
            try:
                row = list(row)
            except TypeError:
                raise TypeError(
                    f"cannot convert dictionary update sequence element #{i} to a sequence"
                ) from None
            if len(row) != 2:
                raise ValueError(
                    f"dictionary update sequence element #{i} has length {len(row)}; 2 is required"
                )
            pairs.append(tuple(row))
        return cls._of(_unique([*pairs, *kwargs.items()]))

    def _keys(self):
        return [key for key, _ in self._data]

    def __getitem__(self, key):
        rank, there = self._find(key)
        if not there:
            raise KeyError(key)
        return self._data[rank][1]

    def __repr__(self):
        try:
            return self._repr(dict(self._data))
        except TypeError:
            return self._repr(list(self._data))

    def __eq__(self, other):
        if type(other) is SortedMap:
            return self._data == other._data
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        return dict(self._data) == dict(other)

    __hash__ = _Base.__hash__

    def _make_hash(self):
        for pair in self._data:
            hash(pair[0]), hash(pair[1])
        return hash(frozenset(self._data))

    def __or__(self, other):
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        return self.update(other)

    def __ror__(self, other):
        if not isinstance(other, _abc.Mapping):
            return NotImplemented
        return SortedMap(other).update(self)

    def set(self, key, value, /):
        """A map with the value under the key."""
        rank, there = self._find(key)
        if there:
            key = self._data[rank][0]
        else:
            key < key
        return self._of((*self._data[:rank], (key, value), *self._data[rank + there:]))

    def delete(self, key, /):
        """A map without the key; KeyError if it is not there."""
        if key not in self:
            raise KeyError(key)
        return self.discard(key)

    def discard(self, key, /):
        """A map without the key, if it is there."""
        rank, there = self._find(key)
        return self._of((*self._data[:rank], *self._data[rank + 1:])) if there else self

    def update(self, /, *args, **kwargs):
        """A map with the entries of a mapping, of pairs, and of keyword arguments."""
        if len(args) > 1:
            raise TypeError(f"update expected at most 1 argument, got {len(args)}")
        return self._of(_unique([*self._data, *SortedMap(*args, **kwargs)._data]))

    def at(self, index, /):
        """The pair (key, value) at an index."""
        try:
            return self._data[index]
        except IndexError:
            raise IndexError("SortedMap index out of range") from None

    def __reduce__(self):
        return SortedMap, (list(self._data),)


class SortedSet(_Sorted, _SetMethods, _Base, _abc.Set):
    """An immutable set in the order of its items."""

    __slots__ = ()

    def __new__(cls, iterable=(), /):
        if type(iterable) is cls:
            return iterable
        return cls._of(tuple(item for item, _ in _unique([(item, None) for item in iterable])))

    def _keys(self):
        return self._data

    def __contains__(self, item):
        return self._find(item)[1]

    def __getitem__(self, index):
        if isinstance(index, slice):
            if index.step not in (None, 1):
                raise ValueError("slices of a SortedSet have a step of 1")
            return self._of(self._data[index])
        try:
            return self._data[index]
        except IndexError:
            raise IndexError("SortedSet index out of range") from None
        except TypeError:
            name = type(index).__name__
            raise TypeError(f"SortedSet indices must be integers or slices, not {name}") from None

    def __repr__(self):
        return self._repr(list(self._data))

    __hash__ = _Base.__hash__

    def add(self, item, /):
        """A set with the item."""
        rank, there = self._find(item)
        if there:
            return self
        item < item
        return self._of((*self._data[:rank], item, *self._data[rank:]))

    def discard(self, item, /):
        """A set without the item, if it is there."""
        rank, there = self._find(item)
        return self._of((*self._data[:rank], *self._data[rank + 1:])) if there else self

    def __reduce__(self):
        return SortedSet, (list(self._data),)


class Atom:
    """A cell for one value, read and changed by any number of threads."""

    __slots__ = ("_value", "_watchers", "_lock", "__weakref__")

    __class_getitem__ = classmethod(_GenericAlias)

    def __init__(self, value=None, /):
        self._value = value
        self._watchers = ()
        self._lock = _threading.Lock()

    def get(self):
        """The value."""
        return self._value

    value = property(get, doc="The value.")

    def set(self, value, /):
        """Replace the value, whatever it is; return the new one."""
        return self.swap(lambda _: value)

    def swap(self, function, /, *args):
        """Replace the value by function(value, *args) and return it."""
        while True:
            old = self._value
            new = function(old, *args)
            if self.compare_and_set(old, new):
                return new

    def compare_and_set(self, expected, new, /):
        """Replace the value if it is the expected object itself; whether it was."""
        with self._lock:
            if self._value is not expected:
                return False
            self._value = new
        if new is not expected:
            for watcher in self._watchers:
                watcher(expected, new)
        return True

    def watch(self, function, /):
        """Call function(old, new) after each change; return the function."""
        with self._lock:
            self._watchers += (function,)
        return function

    def unwatch(self, function, /):
        """Call the function no longer."""
        with self._lock:
            watchers = list(self._watchers)
            if function in watchers:
                watchers.remove(function)
            self._watchers = tuple(watchers)


def is_shared(value, /):
    """Whether other threads may see the object: here they always may."""
    return True


def share(value, /):
    """Make the object visible to other threads, which it is here; return it."""
    return value
