"""The names of rpds-py, an extension in Rust that packages lean on (referencing and jsonschema), over `protopython.data`.

Its folder `rpds_py-*.dist-info` beside this file tells pip that the package is there.
"""

import collections.abc as _abc

from protopython import data as _data

__all__ = ['HashTrieMap', 'HashTrieSet', 'List', 'Stack', 'Queue']


class _Base:
    """What all of them are: an immutable `_data` that is one of `protopython.data`'s collections."""

    __slots__ = '_data',

    def __init_subclass__(cls):
        if cls.__module__ != __name__:
            raise TypeError(f"type 'rpds.{cls.__base__.__name__}' is not an acceptable base type")

    @classmethod
    def _of(cls, data):
        self = object.__new__(cls)
        object.__setattr__(self, '_data', data)
        return self

    def __setattr__(self, name, value):
        raise AttributeError(f"'rpds.{type(self).__name__}' object has no attribute {name!r} "
                             "and no __dict__ for setting new attributes")

    __delattr__ = None

    def __len__(self):
        return len(self._data)

    def __eq__(self, other):
        if type(other) is not type(self):
            return NotImplemented
        return self._data == other._data

    def __copy__(self):
        return self


class _Sequence(_Base):
    """Those with an order; `value` is a sequence, or what is in it follows one by one."""

    __slots__ = ()

    def __new__(cls, *values):
        return cls._of(_data.List(values[0] if len(values) == 1 else values))

    def __iter__(self):
        return iter(self._data)

    def __repr__(self):
        return f'{type(self).__name__}({list(self)!r})'

    def __hash__(self):
        try:
            return hash((type(self).__name__, self._data))
        except TypeError:
            for at, item in enumerate(self):
                _hashable(item, f'at {at} element in {type(self).__name__}')
            raise


def _hashable(value, where):
    try:
        hash(value)
    except TypeError as error:
        raise TypeError(f'Unhashable type {where}: {value!r}') from error


def _pairs(value):
    """What makes a Map: a mapping, or pairs, which have to be tuples."""
    if type(value) is HashTrieMap:
        return value._data
    if hasattr(value, 'keys'):
        return {key: value[key] for key in value.keys()}
    pairs = []
    for pair in value:
        if not isinstance(pair, tuple):
            raise TypeError(f"'{type(pair).__name__}' object is not an instance of 'tuple'")
        pairs.append(pair)
    return pairs


class HashTrieMap(_Base):
    __slots__ = ()

    def __new__(cls, value=(), /, **kwds):
        data = _data.Map(() if value is None else _pairs(value))
        return cls._of(data.update(kwds) if kwds else data)

    def __contains__(self, key):
        return key in self._data

    def __iter__(self):
        return iter(self._data)

    def __getitem__(self, key):
        return self._data[key]

    def __repr__(self):
        return f'HashTrieMap({{{", ".join(f"{k!r}: {v!r}" for k, v in self._data.items())}}})'

    def __hash__(self):
        try:
            return hash(('HashTrieMap', self._data))
        except TypeError:
            for key, value in self._data.items():
                _hashable(value, f'in HashTrieMap of key {key!r}')
            raise

    def __reduce__(self):
        return HashTrieMap, (list(self._data.items()),)

    @classmethod
    def convert(cls, value):
        return value if isinstance(value, cls) else cls(value)

    @classmethod
    def fromkeys(cls, keys, val=None):
        return cls._of(_data.Map.fromkeys(keys, val))

    def get(self, key, default=None):
        return self._data.get(key, default)

    def keys(self):
        return KeysView(self)

    def values(self):
        return ValuesView(self)

    def items(self):
        return ItemsView(self)

    def insert(self, key, value):
        return self._of(self._data.set(key, value))

    def remove(self, key):
        return self._of(self._data.delete(key))

    def discard(self, key):
        return self._of(self._data.discard(key))

    def update(self, *maps, **kwds):
        data = self._data
        for value in maps:
            data = data.update(_pairs(value))
        return self._of(data.update(kwds) if kwds else data)


class _SetOrder:
    """Sets and what is like them are ordered by inclusion."""

    __slots__ = ()

    def __lt__(self, other):
        return len(self) < len(other) and self <= other

    def __le__(self, other):
        return len(self) <= len(other) and all(item in other for item in self)

    def __gt__(self, other):
        return len(self) > len(other) and self >= other

    def __ge__(self, other):
        return len(self) >= len(other) and all(item in self for item in other)


class _View:
    __slots__ = '_map',

    def __init__(self, map):
        self._map = map._data

    def __len__(self):
        return len(self._map)


class _SetView(_SetOrder, _View):
    """A view that is a set: operators take any iterable."""

    __slots__ = ()

    def __eq__(self, other):
        if not isinstance(other, (_abc.Set, _View, frozenset, set)):
            return NotImplemented
        return len(self) == len(other) and all(item in self for item in other)

    __hash__ = None

    def __and__(self, other):
        return self.intersection(other)

    __rand__ = __and__

    def __or__(self, other):
        return self.union(other)

    __ror__ = __or__

    def intersection(self, other):
        return HashTrieSet(item for item in other if item in self)


class KeysView(_SetView):
    __slots__ = ()

    def __iter__(self):
        return iter(self._map)

    def __contains__(self, key):
        return key in self._map

    def __repr__(self):
        return f'keys_view({{{", ".join(map(repr, self))}}})'

    def union(self, other):
        return KeysView(HashTrieMap.fromkeys([*self, *other]))


class ItemsView(_SetView):
    __slots__ = ()

    def __iter__(self):
        return iter(self._map.items())

    def __contains__(self, item):
        if not isinstance(item, tuple) or len(item) != 2 or item[0] not in self._map:
            return False
        value = self._map[item[0]]
        return value is item[1] or value == item[1]

    def __repr__(self):
        return f'items_view([{", ".join(map(repr, self))}])'

    def union(self, other):
        return HashTrieSet([*self, *other])


class ValuesView(_View):
    __slots__ = ()

    def __iter__(self):
        return iter(self._map.values())

    def __repr__(self):
        return f'values_view([{", ".join(map(repr, self))}])'


class HashTrieSet(_SetOrder, _Base):
    __slots__ = ()

    def __new__(cls, value=None):
        if type(value) is HashTrieSet:
            return cls._of(value._data)
        return cls._of(_data.Set(() if value is None else value))

    def __contains__(self, item):
        return item in self._data

    def __iter__(self):
        return iter(self._data)

    def __repr__(self):
        return f'HashTrieSet({{{", ".join(map(repr, self._data))}}})'

    def __eq__(self, other):
        if isinstance(other, HashTrieSet):
            return self._data == other._data
        if not isinstance(other, (set, frozenset, _abc.Set)):
            return NotImplemented
        return len(self) == len(other) and all(item in self for item in other)

    def __hash__(self):
        return hash(frozenset(self._data))

    def __reduce__(self):
        return HashTrieSet, (list(self._data),)

    def insert(self, value):
        return self._of(self._data.add(value))

    def discard(self, value):
        return self._of(self._data.discard(value))

    def remove(self, value):
        return self._of(self._data.remove(value))

    def update(self, *iterables):
        return self._of(self._data.union(*iterables))

    def _method(name):
        def method(self, other):
            if not isinstance(other, HashTrieSet):
                raise TypeError(f"'{type(other).__name__}' object is not an instance of 'HashTrieSet'")
            return self._of(getattr(self._data, name)(other._data))

        def operator(self, other):
            return method(self, other) if isinstance(other, HashTrieSet) else NotImplemented

        method.__name__ = name
        method.__qualname__ = f'HashTrieSet.{name}'
        return method, operator

    union, __or__ = _method('union')
    intersection, __and__ = _method('intersection')
    difference, __sub__ = _method('difference')
    symmetric_difference, __xor__ = _method('symmetric_difference')
    del _method


class List(_Sequence):
    __slots__ = ()

    def __reversed__(self):
        return reversed(self._data)

    def __reduce__(self):
        return List, (list(self._data),)

    @property
    def first(self):
        if not self._data:
            raise IndexError('empty list has no first element')
        return self._data[0]

    @property
    def rest(self):
        return self._of(self._data[1:])

    def push_front(self, other):
        return self._of(self._data.insert(0, other))

    def drop_first(self):
        if not self._data:
            raise IndexError('empty list has no first element')
        return self.rest


class Queue(_Sequence):
    __slots__ = ()

    def __reduce__(self):
        raise TypeError("cannot pickle 'Queue' object")

    def peek(self):
        if not self._data:
            raise IndexError('peeked an empty queue')
        return self._data[0]

    def is_empty(self):
        return not self._data

    def enqueue(self, value):
        return self._of(self._data.append(value))

    def dequeue(self):
        if not self._data:
            raise IndexError('dequeued an empty queue')
        return self._of(self._data[1:])


class Stack(_Sequence):
    """The last that was pushed comes first where it is iterated, and stands last in its representation."""

    __slots__ = ()

    def __iter__(self):
        return reversed(self._data)

    def __repr__(self):
        return f'Stack({list(self._data)!r})'

    def __reduce__(self):
        return Stack, (list(self._data),)

    def peek(self):
        if not self._data:
            raise IndexError('peeked an empty stack')
        return self._data[-1]

    def pop(self):
        if not self._data:
            raise IndexError('popped an empty stack')
        return self._of(self._data[:-1])

    def push(self, other):
        return self._of(self._data.append(other))


_abc.Mapping.register(HashTrieMap)
_abc.Set.register(HashTrieSet)
_abc.MappingView.register(_View)
_abc.KeysView.register(KeysView)
_abc.ValuesView.register(ValuesView)
_abc.ItemsView.register(ItemsView)
