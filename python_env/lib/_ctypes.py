"""The classes of ctypes. A class knows its C type by `_ctypes_info_`; what works on memory and calls C is native, in `_ctypes_core`."""

import _ctypes_core as _core
from _ctypes_core import (
    CField, CTYPES_MAX_ARGCOUNT, FUNCFLAG_CDECL, FUNCFLAG_PYTHONAPI, FUNCFLAG_USE_ERRNO, FUNCFLAG_USE_LASTERROR, RTLD_GLOBAL, RTLD_LOCAL,
    SIZEOF_TIME_T, _CData, _cast_addr, _memmove_addr, _memoryview_at_addr, _memset_addr, _string_at_addr, _wstring_at_addr, addressof,
    alignment, buffer_info, byref, call_cdeclfunction, call_function, dlclose, dllist, dlopen, dlsym, get_errno, resize, set_errno, sizeof,
)

__version__ = '1.1.0'

_CODES = 'cbBhHiIlLdDFGfuzZqQPOv?g'
_SWAPPED = 'hHiIlLqQfdFD'
_SIZE_MAX = 2**63 - 1
_set = type.__setattr__
# A metaclass may have a `__dict__` of its own before that of `type`.
_dict = type.__dict__['__dict__'].__get__


class ArgumentError(Exception):
    pass


ArgumentError.__module__ = 'ctypes'


def _info(cls):
    """The info object that a class has or inherits, None if it has none."""
    return getattr(cls, '_ctypes_info_', None)


def _own_info(cls):
    return _dict(cls).get('_ctypes_info_')


def _once(cls):
    if _own_info(cls) is not None:
        raise SystemError(f'StgInfo of {cls.__name__!r} is already initialized.')


def _is_type(value):
    return isinstance(value, type) and _info(value) is not None


# --- what all metaclasses have ---


def _repeat(cls, length):
    """An array of `length` items."""
    if not hasattr(type(length), '__index__'):
        raise TypeError(f"can't multiply sequence by non-int of type '{type(length).__name__}'")
    length = length.__index__()
    if not -_SIZE_MAX - 1 <= length <= _SIZE_MAX:
        raise OverflowError("cannot fit 'int' into an index-sized integer")
    if length < 0:
        raise ValueError(f'Array length must be >= 0, not {length}')
    key = cls, length
    array = _array_types.get(key)
    if array is None:
        array = PyCArrayType(f'{cls.__name__}_Array_{length}', (Array,), {'_length_': length, '_type_': cls})
        array = _array_types.setdefault(key, array)
    return array


def _from_buffer(cls, obj, offset=0, /):
    """C.from_buffer(object, offset=0) -> C instance
create a C instance from a writeable buffer"""
    return _core.from_buffer(cls, obj, offset)


def _from_buffer_copy(cls, buffer, offset=0, /):
    """C.from_buffer_copy(object, offset=0) -> C instance
create a C instance from a readable buffer"""
    return _core.from_buffer_copy(cls, buffer, offset)


def _from_address(cls, value, /):
    """C.from_address(integer) -> C instance
access a C instance at the specified address"""
    return _core.from_address(cls, value)


def _in_dll(cls, dll, name, /):
    """C.in_dll(dll, name) -> C instance
access a C instance in a dll"""
    return _core.in_dll(cls, dll, name)


def _get_pointer_type(cls):
    info = _own_info(cls)
    found = info and info.pointer_type
    if found is None:
        raise AttributeError(f"type {cls!r} has no attribute '__pointer_type__'", name='__pointer_type__', obj=cls)
    return found


def _set_pointer_type(cls, value):
    info = _own_info(cls)
    if info is None:
        raise TypeError('abstract class')
    info.pointer_type = value


def _delete_pointer_type(cls):
    if (info := _own_info(cls)) is not None:
        info.pointer_type = None


def _metaclass(from_param):
    def methods(meta):
        def converter(cls, value, /):
            """Convert a Python object into a function call parameter."""
            return from_param(cls, value)

        common = {
            'from_param': converter, '__mul__': _repeat, '__rmul__': _repeat, 'from_buffer': _from_buffer,
            'from_buffer_copy': _from_buffer_copy, 'from_address': _from_address, 'in_dll': _in_dll,
            '__pointer_type__': property(_get_pointer_type, _set_pointer_type, _delete_pointer_type),
        }
        for name, value in common.items():
            setattr(meta, name, value)
        converter.__name__ = 'from_param'
        return meta
    return methods


# --- numbers, characters, addresses ---


@_metaclass(_core.simple_from_param)
class PyCSimpleType(type):
    """metatype for the PyCSimpleType Objects"""

    def __init__(cls, name, bases, namespace, /, **keywords):
        _once(cls)
        super().__init__(name, bases, namespace)
        if bases == (_CData,):
            return
        code = getattr(cls, '_type_', None)
        if code is None:
            raise AttributeError("class must define a '_type_' attribute")
        if not isinstance(code, str):
            raise TypeError("class must define a '_type_' string attribute")
        if len(code) != 1:
            raise ValueError("class must define a '_type_' attribute which must be a string of length 1")
        direct = cls.__base__ is _SimpleCData
        if code not in _CODES or (info := _core.simple_info(code, False, direct)) is None:
            raise AttributeError("class must define a '_type_' attribute which must be\n"
                                 f"a single character string containing one of the\nsupported types: '{_CODES}'.")
        _set(cls, '_ctypes_info_', info)
        if type(cls) is PyCSimpleType and code in _SWAPPED:
            swapped = type.__new__(PyCSimpleType, name + ('_be' if _NATIVE_LITTLE else '_le'), cls.__bases__, {
                '_type_': code, '__module__': cls.__module__, '__qualname__': cls.__qualname__})
            _set(swapped, '_ctypes_info_', _core.simple_info(code, True, direct))
            native, other = ('__ctype_le__', '__ctype_be__') if _NATIVE_LITTLE else ('__ctype_be__', '__ctype_le__')
            for kind in cls, swapped:
                _set(kind, native, cls)
                _set(kind, other, swapped)
        elif type(cls) is PyCSimpleType and code == '?':
            # One byte is the same in either order.
            _set(cls, '__ctype_le__', cls)
            _set(cls, '__ctype_be__', cls)


_NATIVE_LITTLE = __import__('sys').byteorder == 'little'


def _take(cls, **names):
    """Gives a class methods that `_CData` has for it under other names."""
    for name, native in names.items():
        _set(cls, name, _CData.__dict__[native])
    return cls


class _SimpleCData(_CData, metaclass=PyCSimpleType):
    __slots__ = ()


_take(_SimpleCData, value='_simple_value_', __init__='_simple_init_', __bool__='_simple_bool_', __repr__='_simple_repr_')


# --- arrays ---

_array_types = __import__('weakref').WeakValueDictionary()


@_metaclass(_core.data_from_param)
class PyCArrayType(type):
    """metatype for the Array Objects"""

    def __init__(cls, name, bases, namespace, /, **keywords):
        _once(cls)
        super().__init__(name, bases, namespace)
        if bases == (_CData,):
            return
        try:
            length = cls._length_
        except AttributeError:
            raise AttributeError("class must define a '_length_' attribute") from None
        if not isinstance(length, int):
            raise TypeError("The '_length_' attribute must be an integer")
        if length < 0:
            raise ValueError("The '_length_' attribute must not be negative")
        if length > _SIZE_MAX:
            raise OverflowError("The '_length_' attribute is too large")
        try:
            item = cls._type_
        except AttributeError:
            raise AttributeError("class must define a '_type_' attribute") from None
        inner = _info(item) if isinstance(item, type) else None
        if inner is None:
            raise TypeError('_type_ must have storage info')
        if inner.size * length > _SIZE_MAX:
            raise OverflowError('array too large')
        step = inner.size
        parts = tuple((i * step, inner) for i in range(length)) if length <= 64 else ((0, _MANY),)
        info = _core.new_info('array', step * length, inner.align, length, 0, inner.pointers, parts)
        info.proto, info.format, info.shape = item, inner.format, (length, *(inner.shape or ()))
        _set(cls, '_ctypes_info_', info)
        if inner.code == 'c':
            _take(cls, value='_char_array_value_', raw='_char_array_raw_')
        elif inner.code == 'u':
            _take(cls, value='_wchar_array_value_')


# More parts than anybody looks at.
_MANY = _core.new_info('array', 65, 1, 65, 0, False, tuple((i, _core.simple_info('b', False, True)) for i in range(65)))


class Array(_CData, metaclass=PyCArrayType):
    """Abstract base class for arrays.

The recommended way to create concrete array types is by multiplying any
ctypes data type with a non-negative integer. Alternatively, you can subclass
this type and define _length_ and _type_ class variables. Array elements can
be read and written using standard subscript and slice accesses for slice
reads, the resulting object is not itself an Array."""
    __slots__ = ()
    __class_getitem__ = classmethod(type(list[int]))


_take(Array, __init__='_array_init_', __len__='_array_len_', __getitem__='_array_getitem_', __setitem__='_array_setitem_',
      __delitem__='_array_delitem_')


# --- pointers ---


def _pointer_info(cls, target):
    inner = _info(target)
    info = _own_info(cls)
    if info is None:
        info = _core.new_info('pointer', 8, 8, 1, 0, True)
        info.shape = ()
    info.proto = target
    if inner is not None:
        shape, format = inner.shape or (), inner.format or 'B'
        info.format = f"&({','.join(map(str, shape))}){format}" if shape else f'&{format}'
    _set(cls, '_ctypes_info_', info)


@_metaclass(_core.pointer_from_param)
class PyCPointerType(type):
    """metatype for the Pointer Objects"""

    def __init__(cls, name, bases, namespace, /, **keywords):
        _once(cls)
        super().__init__(name, bases, namespace)
        if bases == (_CData,):
            return
        target = namespace.get('_type_')
        if target is None:
            info = _core.new_info('pointer', 8, 8, 1, 0, True)
            info.shape = ()
            info.format = '&B'
            _set(cls, '_ctypes_info_', info)
            return
        if not _is_type(target):
            if not isinstance(target, type):
                raise TypeError('_type_ must be a type')
            raise TypeError('_type_ must have storage info')
        _pointer_info(cls, target)
        own = _own_info(target)
        if own is not None and own.pointer_type is None:
            own.pointer_type = cls

    def set_type(cls, type, /):
        """Sets what pointers of a class without `_type_` point to."""
        if not _is_type(type):
            raise TypeError('_type_ must have storage info')
        _pointer_info(cls, type)
        _set(cls, '_type_', type)
        own = _own_info(type)
        if own is not None and own.pointer_type is None:
            own.pointer_type = cls


class _Pointer(_CData, metaclass=PyCPointerType):
    """XXX to be provided"""
    __slots__ = ()


_take(_Pointer, contents='_pointer_contents_', __init__='_pointer_init_', __bool__='_pointer_bool_', __getitem__='_pointer_getitem_',
      __setitem__='_pointer_setitem_', __delitem__='_pointer_delitem_')


# --- structures and unions ---


def _fields_base(cls):
    """The nearest base with fields."""
    for base in cls.__mro__[1:]:
        info = _own_info(base)
        if info is not None and isinstance(base, (PyCStructType, UnionType)):
            return base
    return None


def _start_fields(cls, namespace, form):
    if '_abstract_' in namespace:
        return
    base = _fields_base(cls)
    inherited = base and base._ctypes_info_
    if inherited is None:
        info = _core.new_info(form, 0, 1, 0)
        info.format, info.shape = 'B', ()
    else:
        inherited.is_final = True
        info = _core.new_info(form, inherited.size, inherited.align, inherited.length, 0, inherited.pointers, ((0, inherited),))
        info.format, info.shape = inherited.format, ()
    _set(cls, '_ctypes_info_', info)
    if '_fields_' in namespace:
        setattr(cls, '_fields_', namespace['_fields_'])


def _set_fields(cls, fields, form):
    info = _own_info(cls)
    if info is None:
        raise TypeError('ctypes state is not initialized')
    if info.is_final or '_fields_set_' in _dict(cls):
        raise AttributeError('_fields_ is final')
    try:
        fields = tuple(fields)
    except TypeError:
        raise TypeError('_fields_ must be a sequence of pairs') from None
    from ctypes._layout import get_layout
    base = _fields_base(cls)
    inherited = base and base._ctypes_info_
    layout = get_layout(cls, fields, form == 'struct', base)
    size, align = layout.size, layout.align
    if not isinstance(align, int) or align < 0:
        raise ValueError('align must be a non-negative integer')
    if size > _SIZE_MAX:
        raise OverflowError('size of the structure is too large')
    if info.is_final or '_fields_set_' in _dict(cls):
        raise AttributeError('_fields_ is final')
    count = inherited.length if inherited else 0
    parts = [(0, inherited)] if inherited and inherited.size else []
    pointers = bool(inherited and inherited.pointers)
    made = []
    for i, field in enumerate(layout.fields):
        if not isinstance(field, CField):
            raise TypeError('fields must be of type CField')
        inner = _info(field.type)
        if inner is None:
            raise TypeError('second item in _fields_ tuple must be a C type')
        _own = _own_info(field.type)
        if _own is not None:
            _own.is_final = True
        pointers = pointers or inner.pointers
        # A bit field's storage may reach beyond the end.
        if field.byte_offset + inner.size <= size:
            parts.append((field.byte_offset, inner))
        else:
            parts.extend((at, _BYTE) for at in range(field.byte_offset, size))
        made.append(_core.moved(field, 0, count + i))
    if info.is_final:
        raise AttributeError('Structure or union cannot contain itself')
    fresh = _core.new_info(form, size, align, count + len(made), 0, pointers, tuple(parts))
    fresh.format, fresh.shape, fresh.pointer_type = layout.format_spec, (), info.pointer_type
    for field in made:
        _set(cls, field.name, field)
    _set(cls, '_ctypes_info_', fresh)
    _set(cls, '_fields_set_', True)
    _add_anonymous(cls)


_BYTE = _core.simple_info('b', False, True)


def _add_anonymous(cls):
    names = _dict(cls).get('_anonymous_')
    if names is None:
        return
    try:
        names = tuple(names)
    except TypeError:
        raise TypeError('_anonymous_ must be a sequence') from None
    for name in names:
        outer = getattr(cls, name)
        if not isinstance(outer, CField):
            raise AttributeError(f"'{name}' is specified in _anonymous_ but not in _fields_")
        outer = _core.moved(outer, None, 0)
        _set(cls, name, outer)
        index = next((i for i, f in enumerate(_all_fields(cls)) if f == name), 0)
        _add_inner(cls, outer, outer.byte_offset, index)


def _add_inner(cls, outer, offset, index):
    """Gives a class the fields of an anonymous field, those of the anonymous ones in it too."""
    for name, *_ in outer.type._fields_:
        field = getattr(outer.type, name)
        if not isinstance(field, CField):
            raise TypeError('unexpected type')
        if field.is_anonymous:
            _add_inner(cls, field, offset + field.byte_offset, index)
        else:
            _set(cls, name, _core.moved(field, offset, index))


def _all_fields(cls):
    """The names of the fields, those of bases first."""
    for base in reversed(cls.__mro__):
        for pair in _dict(base).get('_fields_', ()):
            yield pair[0]


def _init_fields(self, args, keywords):
    if args:
        names = list(_all_fields(type(self)))
        for name, value in zip(names, args):
            if name in keywords:
                raise TypeError(f"duplicate values for field '{name}'")
            setattr(self, name, value)
        if len(args) > len(names):
            raise TypeError('too many initializers')
    for name, value in keywords.items():
        setattr(self, name, value)


@_metaclass(_core.data_from_param)
class PyCStructType(type):
    """metatype for the CData Objects"""

    def __init__(cls, name, bases, namespace, /, **keywords):
        _once(cls)
        super().__init__(name, bases, namespace)
        if bases != (_CData,):
            _start_fields(cls, namespace, 'struct')

    def __setattr__(cls, name, value):
        if name == '_fields_':
            _set_fields(cls, value, 'struct')
        super().__setattr__(name, value)


@_metaclass(_core.data_from_param)
class UnionType(type):
    """metatype for the Union Objects"""

    def __init__(cls, name, bases, namespace, /, **keywords):
        _once(cls)
        super().__init__(name, bases, namespace)
        if bases != (_CData,):
            _start_fields(cls, namespace, 'union')

    def __setattr__(cls, name, value):
        if name == '_fields_':
            _set_fields(cls, value, 'union')
        super().__setattr__(name, value)


class Structure(_CData, metaclass=PyCStructType):
    """Structure base class"""
    __slots__ = ()

    def __init__(self, /, *args, **keywords):
        _init_fields(self, args, keywords)


class Union(_CData, metaclass=UnionType):
    """Union base class"""
    __slots__ = ()

    def __init__(self, /, *args, **keywords):
        _init_fields(self, args, keywords)


# --- functions ---


@_metaclass(_core.data_from_param)
class PyCFuncPtrType(type):
    """metatype for C function pointers"""

    def __init__(cls, name, bases, namespace, /, **keywords):
        _once(cls)
        super().__init__(name, bases, namespace)
        if bases == (_CData,):
            return
        flags = getattr(cls, '_flags_', None)
        if not isinstance(flags, int):
            raise TypeError('class must define _flags_ which must be an integer')
        info = _core.new_info('function', 8, 8, 0, flags, True)
        info.format, info.shape = 'X{}', ()
        argtypes = getattr(cls, '_argtypes_', None)
        if argtypes is not None:
            if not isinstance(argtypes, tuple):
                raise TypeError('_argtypes_ must be a sequence of types')
            info.converters = _core.converters(argtypes)
            info.argtypes = argtypes
        if hasattr(cls, '_restype_'):
            restype = cls._restype_
            if restype is not None and not _is_type(restype) and not callable(restype):
                raise TypeError('_restype_ must be a type, a callable, or None')
            info.restype = restype
            if (checker := getattr(restype, '_check_retval_', None)) is not None:
                info.checker = checker
        _set(cls, '_ctypes_info_', info)


class CFuncPtr(_CData, metaclass=PyCFuncPtrType):
    """Function Pointer"""
    __slots__ = ()


_take(CFuncPtr, argtypes='_function_argtypes_', restype='_function_restype_', errcheck='_function_errcheck_', __init__='_function_init_',
      __call__='_function_call_', __repr__='_function_repr_', __bool__='_pointer_bool_')

for _kind in PyCSimpleType, PyCArrayType, PyCPointerType, PyCStructType, UnionType, PyCFuncPtrType:
    _kind.__module__ = '_ctypes'


def _unpickle(cls, state, /):
    obj = cls.__new__(cls)
    obj.__setstate__(*state)
    return obj
