"""Builders: what is changed like a mutable collection and becomes a persistent one.

A builder holds a version of its collection, and each change replaces it, so
starting and finishing cost nothing. A builder belongs to one thread.
"""

import collections.abc as _abc


class Builder:
    """What all builders have in common."""

    __slots__ = ("_start", "_now")

    def __init__(self, start):
        self._start = self._now = start

    def finish(self):
        """The collection as it is now. The builder may go on."""
        return self._now

    persistent = finish

    def is_dirty(self):
        """Whether anything has changed since the builder was made."""
        return self._now is not self._start

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return None

    def __len__(self):
        return len(self._now)

    def __iter__(self):
        return iter(self._now)

    def __contains__(self, item):
        return item in self._now

    def __eq__(self, other):
        if isinstance(other, Builder):
            other = other._now
        return self._now == other

    __hash__ = None

    def __repr__(self):
        return f"{self._now!r}.mutate()"

    def copy(self):
        """A builder of its own that starts from here."""
        return type(self)(self._now)

    __copy__ = copy


class MapBuilder(Builder, _abc.MutableMapping):
    """Changes a Map like a dict."""

    __slots__ = ()

    def __getitem__(self, key):
        return self._now[key]

    def get(self, key, default=None, /):
        """The value for key if it is there, else default."""
        return self._now.get(key, default)

    def __setitem__(self, key, value):
        self._now = self._now.set(key, value)

    def __delitem__(self, key):
        self._now = self._now.delete(key)

    def set(self, key, value, /):
        """The same as self[key] = value; returns the builder."""
        self._now = self._now.set(key, value)
        return self

    def remove(self, key, /):
        """The same as del self[key]; returns the builder."""
        self._now = self._now.delete(key)
        return self

    def update(self, /, *args, **kwargs):
        """Take over the entries of a mapping, pairs and keyword arguments."""
        self._now = self._now.update(*args, **kwargs)

    def clear(self):
        """Remove everything."""
        self._now = type(self._now)()


class SortedMapBuilder(MapBuilder):
    """Changes a SortedMap like a dict."""

    __slots__ = ()


class SetBuilder(Builder, _abc.MutableSet):
    """Changes a Set like a set."""

    __slots__ = ()

    @classmethod
    def _from_iterable(cls, iterable):
        # The operators of sets give sets.
        return set(iterable)

    def add(self, item, /):
        """Add an item."""
        self._now = self._now.add(item)

    def discard(self, item, /):
        """Remove an item if it is there."""
        self._now = self._now.discard(item)

    def remove(self, item, /):
        """Remove an item; KeyError if it is not there."""
        self._now = self._now.remove(item)

    def update(self, /, *others):
        """Add the items of all others."""
        self._now = self._now.update(*others)

    def clear(self):
        """Remove everything."""
        self._now = type(self._now)()


class SortedSetBuilder(SetBuilder):
    """Changes a SortedSet like a set."""

    __slots__ = ()


class ListBuilder(Builder, _abc.MutableSequence):
    """Changes a List like a list."""

    __slots__ = ()

    def __getitem__(self, index):
        return self._now[index]

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            items = list(self._now)
            items[index] = value
            self._now = type(self._now)(items)
        else:
            self._now = self._now.set(index, value)

    def __delitem__(self, index):
        self._now = self._now.delete(index)

    def set(self, index, value, /):
        """The same as self[index] = value; returns the builder."""
        self._now = self._now.set(index, value)
        return self

    def insert(self, index, value, /):
        """Insert value before index."""
        self._now = self._now.insert(index, value)

    def append(self, value, /):
        """Append value to the end."""
        self._now = self._now.append(value)

    def extend(self, values, /):
        """Append all values to the end."""
        self._now = self._now.extend(values)

    def pop(self, index=-1, /):
        """Remove and return the item at index (default last)."""
        self._now, value = self._now.pop(index)
        return value

    def clear(self):
        """Remove everything."""
        self._now = type(self._now)()
