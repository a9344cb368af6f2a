"""C's data types, in memory of their own: numbers, characters, arrays, structures and unions.

There is no foreign code that could be called and no memory that has an address, so loading a library raises OSError,
and what is made of addresses (POINTER, byref, cast, callbacks) is missing.
"""

import os as _os
import sys as _sys

from _ctypes_data import (Array, ArgumentError, BigEndianStructure, BigEndianUnion, LittleEndianStructure,
                          LittleEndianUnion, Structure, Union, _SimpleCData, alignment, resize, sizeof)

__version__ = '1.1.0'
DEFAULT_MODE = RTLD_LOCAL = _os.RTLD_LOCAL
RTLD_GLOBAL = _os.RTLD_GLOBAL

_errno = 0


def get_errno():
    return _errno


def set_errno(value):
    global _errno
    old, _errno = _errno, value
    return old


def _simple(name, code):
    return type(_SimpleCData)(name, (_SimpleCData,), {'_type_': code, '__module__': 'ctypes'})


c_bool = _simple('c_bool', '?')
c_char = _simple('c_char', 'c')
c_wchar = _simple('c_wchar', 'u')
c_byte = c_int8 = _simple('c_byte', 'b')
c_ubyte = c_uint8 = _simple('c_ubyte', 'B')
c_short = c_int16 = _simple('c_short', 'h')
c_ushort = c_uint16 = _simple('c_ushort', 'H')
c_int = c_int32 = _simple('c_int', 'i')
c_uint = c_uint32 = _simple('c_uint', 'I')
c_long = c_longlong = c_int64 = c_ssize_t = c_time_t = _simple('c_long', 'l')
c_ulong = c_ulonglong = c_uint64 = c_size_t = _simple('c_ulong', 'L')
c_float = _simple('c_float', 'f')
c_double = _simple('c_double', 'd')
c_longdouble = _simple('c_longdouble', 'g')
c_void_p = c_voidp = _simple('c_void_p', 'P')
c_char_p = _simple('c_char_p', 'z')
c_wchar_p = _simple('c_wchar_p', 'Z')
py_object = _simple('py_object', 'O')


def create_string_buffer(init, size=None):
    """An array of c_char: from bytes, with a zero behind them, or of a size."""
    if isinstance(init, bytes):
        buffer = (c_char * (len(init) + 1 if size is None else size))()
        buffer.value = init
        return buffer
    if isinstance(init, int):
        return (c_char * init)()
    raise TypeError(init)


c_buffer = create_string_buffer


def create_unicode_buffer(init, size=None):
    """An array of c_wchar: from a string, with a zero behind it, or of a size."""
    if isinstance(init, str):
        buffer = (c_wchar * (len(init) + 1 if size is None else size))()
        buffer.value = init
        return buffer
    if isinstance(init, int):
        return (c_wchar * init)()
    raise TypeError(init)


def ARRAY(typ, len):
    return typ * len


class CDLL:
    """A library: none can be loaded."""

    def __init__(self, name, mode=DEFAULT_MODE, handle=None, use_errno=False, use_last_error=False, winmode=None):
        if name is not None:
            name = _os.fspath(name)
        raise OSError(f'{name}: libraries of foreign code cannot be loaded by {_sys.implementation.name}')


class PyDLL(CDLL):
    """A library of functions that use Python: none can be loaded."""


class LibraryLoader:
    """Loads libraries by name."""

    def __init__(self, dlltype):
        self._dlltype = dlltype

    def __getattr__(self, name):
        if name[0] == '_':
            raise AttributeError(name)
        return self._dlltype(name)

    def __getitem__(self, name):
        return getattr(self, name)

    def LoadLibrary(self, name):
        return self._dlltype(name)


cdll = LibraryLoader(CDLL)
pydll = LibraryLoader(PyDLL)
