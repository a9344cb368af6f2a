"""The data types of ctypes: each object is a view of bytes, those of parts share the whole's."""

import struct
import sys

_NATIVE = '<' if sys.byteorder == 'little' else '>'
_FORMATS = set('?cbBhHiIlLqQfd')
# Kept beside the bytes, as they would be addresses: void pointers, strings, objects.
_REFERENCES = {'P', 'z', 'Z', 'O'}
_SIZES = {'u': 4, 'g': 16, 'P': 8, 'z': 8, 'Z': 8, 'O': 8}


class ArgumentError(Exception):
    pass


_absent = object()


def _is_type(value):
    return isinstance(value, _Kind)


class _Kind(type):
    """The class of all data types."""

    def __mul__(cls, length):
        if not isinstance(length, int):
            raise TypeError(f"can't multiply sequence by non-int of type '{type(length).__name__}'")
        if length < 0:
            raise ValueError(f'Array length must be >= 0, not {length}')
        key = cls, length
        array = _arrays.get(key)
        if array is None:
            name = f'{cls.__name__}_Array_{length}'
            array = _arrays[key] = _ArrayKind(name, (Array,), {'_type_': cls, '_length_': length, '__module__': cls.__module__})
        return array

    __rmul__ = __mul__

    def from_buffer(cls, source, offset=0, /):
        """An object that shares the bytes of a writable buffer."""
        view = memoryview(source)
        if view.readonly:
            raise TypeError('underlying buffer is not writable')
        return cls._over(_part(view.cast('B'), offset, cls._size_))

    def from_buffer_copy(cls, source, offset=0, /):
        """An object with a copy of a buffer's bytes."""
        view = memoryview(source).cast('B')
        return cls._over(memoryview(bytearray(_part(view, offset, cls._size_))))

    def _over(cls, view, base=None):
        self = cls.__new__(cls)
        self._view = view
        self._b_base_ = base
        return self


def _part(view, offset, size):
    if offset < 0:
        raise ValueError('offset cannot be negative')
    if offset + size > len(view):
        raise ValueError(f'Buffer size too small ({len(view)} instead of at least {offset + size} bytes)')
    return view[offset:offset + size]


class _CData(metaclass=_Kind):
    """What all objects have."""

    _b_base_ = None
    _objects = None

    def __new__(cls, *args, **keywords):
        if not hasattr(cls, '_size_'):
            raise TypeError('abstract class')
        self = object.__new__(cls)
        self._view = memoryview(bytearray(cls._size_))
        return self

    def __buffer__(self, flags):
        return memoryview(self._view)

    def __reduce__(self):
        if any(r for r in _references(type(self))):
            raise ValueError('ctypes objects containing pointers cannot be pickled')
        return _restore, (type(self), bytes(self._view), {k: v for k, v in self.__dict__.items() if k not in _HIDDEN})

    def __hash__(self):
        raise TypeError('unhashable type')


_HIDDEN = {'_view', '_b_base_', '_objects'}


def _restore(cls, data, state):
    self = cls.from_buffer_copy(data)
    self.__dict__.update(state)
    return self


def _references(cls):
    if issubclass(cls, _SimpleCData):
        yield cls._type_ in _REFERENCES
    elif issubclass(cls, Array):
        yield from _references(cls._type_)
    else:
        for name, kind, *_ in cls._all_fields_:
            yield from _references(kind)


class _SimpleKind(_Kind):

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        code = namespace.get('_type_', getattr(cls, '_type_', None))
        if code is None:
            if bases != (_CData,):
                raise AttributeError("class must define a '_type_' attribute")
            return
        if not isinstance(code, str) or len(code) != 1 or code not in _FORMATS and code not in _SIZES:
            raise AttributeError("class must define a '_type_' attribute which must be\na single character string containing one of 'cbBhHiIlLdfuzZqQPXOv?g'.")
        cls._order_ = getattr(cls, '_order_', _NATIVE)
        cls._size_ = _SIZES[code] if code in _SIZES else struct.calcsize(code)
        cls._align_ = cls._size_

    def _other_order(cls):
        """The type with its bytes in the other order."""
        if cls._type_ in _REFERENCES or cls._size_ == 1:
            if cls._size_ == 1:
                return cls
            raise TypeError(f'This type does not support other endian: {cls!r}')
        order = '>' if cls._order_ == '<' else '<'
        return _SimpleKind(cls.__name__, (cls,), {'_order_': order, '_type_': cls._type_, '__module__': cls.__module__})

    @property
    def __ctype_be__(cls):
        return cls if _NATIVE == '>' else cls._other_order()

    @property
    def __ctype_le__(cls):
        return cls if _NATIVE == '<' else cls._other_order()


class _SimpleCData(_CData, metaclass=_SimpleKind):
    """A number, a character, a flag, or a reference to an object."""

    def __init__(self, value=_absent, /):
        if value is not _absent:
            self.value = value

    @property
    def value(self):
        """current value"""
        code, view = self._type_, self._view
        if code in _REFERENCES:
            return self._objects
        if code == 'u':
            return chr(struct.unpack(self._order_ + 'I', view)[0])
        if code == 'g':
            return struct.unpack('d', view[:8])[0]
        if code in 'lL':
            return struct.unpack(self._order_ + 'qQ'['lL'.index(code)], view)[0]
        return struct.unpack(self._order_ + code, view)[0]

    @value.setter
    def value(self, value):
        self._view[:] = self._pack(value)
        if self._type_ in _REFERENCES:
            self._objects = value

    def _pack(self, value):
        code, order, got = self._type_, self._order_, type(value).__name__
        if code in 'bBhHiIlLqQ':
            if not isinstance(value, int):
                if isinstance(value, float) or not hasattr(type(value), '__index__'):
                    raise TypeError(f"'{got}' object cannot be interpreted as an integer" if not isinstance(value, float) else 'int expected instead of float instance')
                value = value.__index__()
            size = self._size_
            return (value & (1 << 8 * size) - 1).to_bytes(size, 'little' if order == '<' else 'big')
        if code in 'fdg':
            if not isinstance(value, (int, float)) and not hasattr(type(value), '__float__'):
                raise TypeError(f'must be real number, not {got}')
            return struct.pack(order + 'd', value) + bytes(8) if code == 'g' else struct.pack(order + code, value)
        if code == '?':
            return b'\1' if value else b'\0'
        if code == 'c':
            if isinstance(value, (bytes, bytearray)) and len(value) == 1:
                return bytes(value)
            if isinstance(value, int) and 0 <= value < 256:
                return bytes([value])
            raise TypeError('one character bytes, bytearray, or an integer in range(256) expected')
        if code == 'u':
            if not isinstance(value, str):
                raise TypeError(f'a unicode character expected, not instance of {got}')
            if len(value) != 1:
                raise TypeError(f'a unicode character expected, not a string of length {len(value)}')
            return struct.pack(order + 'I', ord(value))
        if value is not None:
            if code == 'z' and not isinstance(value, bytes):
                raise TypeError(f'bytes or integer address expected instead of {got} instance')
            if code == 'Z' and not isinstance(value, str):
                raise TypeError(f'unicode string or integer address expected instead of {got} instance')
            if code == 'P' and not isinstance(value, int):
                raise TypeError('cannot be converted to pointer')
        if code == 'P':
            return ((value or 0) & (1 << 64) - 1).to_bytes(8, sys.byteorder)
        return bytes(8)

    def __bool__(self):
        # C's zero is any bytes that are zero; an unset reference is no object.
        return self._objects is not None if self._type_ in 'zZO' else any(self._view)

    def __repr__(self):
        if type(self).__bases__ != (_SimpleCData,):
            return f'<{type(self).__name__} object at {id(self):#x}>'
        if self._type_ == 'O' and self._objects is None:
            return f'{type(self).__name__}(<NULL>)'
        return f'{type(self).__name__}({self.value!r})'


def _plain(kind):
    """Whether a part of this type reads as a Python value: simple types do, their subclasses do not."""
    return issubclass(kind, _SimpleCData) and (kind.__bases__ == (_SimpleCData,) or '_order_' in kind.__dict__ and kind._order_ != _NATIVE)


def _get(owner, kind, offset):
    part = kind._over(owner._view[offset:offset + kind._size_], owner)
    if issubclass(kind, _SimpleCData) and kind._type_ in _REFERENCES:
        part._objects = (owner._objects or {}).get(offset)
    if issubclass(kind, Array) and getattr(kind._type_, '_type_', None) in ('c', 'u'):
        return part.value
    return part.value if _plain(kind) else part


def _set(owner, kind, offset, value):
    part = kind._over(owner._view[offset:offset + kind._size_], owner)
    if isinstance(value, kind):
        part._view[:] = value._view
        value = getattr(value, '_objects', None)
    elif issubclass(kind, _SimpleCData):
        part.value = value
    elif isinstance(value, tuple):
        part.__init__(*value)
    elif issubclass(kind, Array) and kind._type_._type_ in ('c', 'u') and isinstance(value, (bytes, str)):
        part.value = value
    else:
        raise TypeError(f'expected {kind.__name__} instance, got {type(value).__name__}')
    if issubclass(kind, _SimpleCData) and kind._type_ in _REFERENCES:
        if owner._objects is None:
            owner._objects = {}
        owner._objects[offset] = value


_arrays = {}


class _ArrayKind(_Kind):

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        if bases == (_CData,):
            return
        length, kind = getattr(cls, '_length_', None), getattr(cls, '_type_', None)
        if length is None:
            raise AttributeError("class must define a '_length_' attribute")
        if not isinstance(length, int):
            raise TypeError("The '_length_' attribute must be an integer")
        if length < 0:
            raise ValueError("The '_length_' attribute must not be negative")
        if kind is None:
            raise AttributeError("class must define a '_type_' attribute")
        if not _is_type(kind) or not hasattr(kind, '_size_'):
            raise TypeError('_type_ must have storage info')
        cls._size_ = kind._size_ * length
        cls._align_ = kind._align_


class Array(_CData, metaclass=_ArrayKind):
    """A fixed number of parts of one type."""

    def __init__(self, *values):
        if len(values) > self._length_:
            raise IndexError('invalid index')
        for i, value in enumerate(values):
            self[i] = value

    def __len__(self):
        return self._length_

    def _index(self, i):
        if not hasattr(type(i), '__index__'):
            raise TypeError('indices must be integers')
        i = i.__index__()
        if i < 0:
            i += self._length_
        if not 0 <= i < self._length_:
            raise IndexError('invalid index')
        return i * self._type_._size_

    def __getitem__(self, i):
        if isinstance(i, slice):
            items = [self[k] for k in range(*i.indices(self._length_))]
            code = getattr(self._type_, '_type_', None)
            return b''.join(items) if code == 'c' else ''.join(items) if code == 'u' else items
        return _get(self, self._type_, self._index(i))

    def __setitem__(self, i, value):
        if isinstance(i, slice):
            places = range(*i.indices(self._length_))
            if len(places) != len(value):
                raise ValueError('Can only assign sequence of same size')
            for k, item in zip(places, value):
                self[k] = item
            return
        _set(self, self._type_, self._index(i), value)

    def __delitem__(self, i):
        raise TypeError('Array does not support item deletion')

    def __iter__(self):
        return (self[i] for i in range(self._length_))

    __class_getitem__ = classmethod(type(list[int]))

    def __getattr__(self, name):
        code = getattr(self._type_, '_type_', None)
        if name == 'value' and code == 'c':
            return bytes(self._view).partition(b'\0')[0]
        if name == 'value' and code == 'u':
            return self[:].partition('\0')[0]
        if name == 'raw' and code == 'c':
            return bytes(self._view)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    def __setattr__(self, name, value):
        code = getattr(self._type_, '_type_', None)
        if name in ('value', 'raw') and code == 'c':
            if name == 'value' and not isinstance(value, bytes):
                raise TypeError(f'bytes expected instead of {type(value).__name__} instance')
            value = bytes(value)
            if len(value) > self._length_:
                raise ValueError('byte string too long')
            if name == 'value' and len(value) < self._length_:
                value += b'\0'
            self._view[:len(value)] = value
        elif name == 'value' and code == 'u':
            if not isinstance(value, str):
                raise TypeError(f'unicode string expected instead of {type(value).__name__} instance')
            if len(value) > self._length_:
                raise ValueError('string too long')
            value += '\0' * (len(value) < self._length_)
            for i, c in enumerate(value):
                self[i] = c
        else:
            super().__setattr__(name, value)


class _Field:
    """The descriptor of a field."""

    def __init__(self, name, kind, offset):
        self.name, self.type, self.offset, self.size = name, kind, offset, kind._size_
        self.byte_offset, self.byte_size = offset, kind._size_
        self.is_bitfield = self.is_anonymous = False

    def __get__(self, owner, cls=None):
        return self if owner is None else _get(owner, self.type, self.offset)

    def __set__(self, owner, value):
        _set(owner, self.type, self.offset, value)

    def __repr__(self):
        return f'<ctypes.CField {self.name!r} type={self.type.__name__}, ofs={self.offset}, size={self.size}>'


class _Inner:
    """A field of an anonymous field."""

    def __init__(self, outer, name):
        self.outer, self.name = outer, name

    def __get__(self, owner, cls=None):
        return self if owner is None else getattr(getattr(owner, self.outer), self.name)

    def __set__(self, owner, value):
        setattr(getattr(owner, self.outer), self.name, value)


class _FieldsKind(_Kind):

    def __init__(cls, name, bases, namespace):
        super().__init__(name, bases, namespace)
        if bases == (_CData,):
            return
        if '_fields_' in namespace:
            cls._lay_out(namespace['_fields_'])
        elif not hasattr(cls, '_size_') or bases[0]._all_fields_ == ():
            cls._size_, cls._align_, cls._all_fields_ = 0, 1, ()

    def __setattr__(cls, name, value):
        if name == '_fields_':
            if '_final_' in cls.__dict__:
                raise AttributeError('_fields_ is final')
            cls._lay_out(value)
        super().__setattr__(name, value)

    def _lay_out(cls, fields):
        base = next((b for b in cls.__mro__[1:] if '_final_' in b.__dict__), None)
        size, align = (base._size_, base._align_) if base else (0, 1)
        every = list(base._all_fields_) if base else []
        pack = getattr(cls, '_pack_', None)
        swap = getattr(cls, '_swapped_', False)
        union = issubclass(cls, Union)
        for field in fields:
            if not isinstance(field, tuple) or len(field) not in (2, 3) or not isinstance(field[0], str):
                raise TypeError('_fields_ must be a sequence of pairs')
            if len(field) == 3:
                raise NotImplementedError('bit fields')
            name, kind = field
            if not _is_type(kind) or not hasattr(kind, '_size_'):
                raise TypeError('second item in _fields_ tuple must be a C type')
            if swap:
                kind = _swapped(kind)
            own = min(kind._align_, pack) if pack else kind._align_
            align = max(align, own)
            offset = 0 if union else -(-size // own) * own
            size = max(size, kind._size_) if union else offset + kind._size_
            every.append((name, kind))
            type.__setattr__(cls, name, _Field(name, kind, offset))
        for name in getattr(cls, '_anonymous_', ()):
            kind = dict(every).get(name)
            if kind is None:
                raise AttributeError(name)
            for inner, _ in kind._all_fields_:
                type.__setattr__(cls, inner, _Inner(name, inner))
        type.__setattr__(cls, '_size_', -(-size // align) * align)
        type.__setattr__(cls, '_align_', align)
        type.__setattr__(cls, '_all_fields_', tuple(every))
        type.__setattr__(cls, '_final_', True)


def _swapped(kind):
    if issubclass(kind, _SimpleCData):
        return kind._other_order()
    if issubclass(kind, Array):
        return _swapped(kind._type_) * kind._length_
    if getattr(kind, '_swapped_', False):
        return kind
    raise TypeError(f'This type does not support other endian: {kind!r}')


class _WithFields(_CData, metaclass=_FieldsKind):
    _all_fields_ = ()

    def __init__(self, *values, **keywords):
        names = [name for name, _ in self._all_fields_]
        if len(values) > len(names):
            raise TypeError('too many initializers')
        for name, value in zip(names, values):
            if name in keywords:
                raise TypeError(f'duplicate values for field {name!r}')
            setattr(self, name, value)
        for name, value in keywords.items():
            setattr(self, name, value)


class Structure(_WithFields):
    """Fields one after the other."""


class Union(_WithFields):
    """Fields in the same place."""


if _NATIVE == '<':
    LittleEndianStructure, LittleEndianUnion = Structure, Union

    class BigEndianStructure(Structure):
        """Structure with big endian byte order"""
        _swapped_ = True

    class BigEndianUnion(Union):
        """Union with big endian byte order"""
        _swapped_ = True
else:
    BigEndianStructure, BigEndianUnion = Structure, Union

    class LittleEndianStructure(Structure):
        """Structure with little endian byte order"""
        _swapped_ = True

    class LittleEndianUnion(Union):
        """Union with little endian byte order"""
        _swapped_ = True


def sizeof(obj_or_type, /):
    """The number of bytes of a type or object."""
    if isinstance(obj_or_type, _CData):
        return len(obj_or_type._view)
    if _is_type(obj_or_type) and hasattr(obj_or_type, '_size_'):
        return obj_or_type._size_
    raise TypeError('this type has no size')


def alignment(obj_or_type, /):
    """The alignment of a type or object."""
    kind = type(obj_or_type) if isinstance(obj_or_type, _CData) else obj_or_type
    if _is_type(kind) and hasattr(kind, '_align_'):
        return kind._align_
    raise TypeError('no alignment info')


def resize(obj, size, /):
    """Gives an object more bytes."""
    if not isinstance(obj, _CData):
        raise TypeError('excepted ctypes instance')
    if size < type(obj)._size_:
        raise ValueError(f'minimum size is {type(obj)._size_}')
    if obj._b_base_ is not None:
        raise ValueError("Memory cannot be resized because this object doesn't own it")
    old = bytes(obj._view)[:size]
    obj._view = memoryview(bytearray(old.ljust(size, b'\0')))
