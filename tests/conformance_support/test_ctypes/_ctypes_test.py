"""Stands in for CPython's extension module of that name: the tests open its file as a library of C functions, which it is besides.

The file wants functions of CPython's C API when it is loaded: a library made here has them. They give null, but for those by which the
module tells what its functions were called with: of these the number itself is the result.
"""

import ctypes
import glob
import os
import subprocess
import tempfile

import test

_NULL = '''PyArg_ParseTuple PyBytes_FromStringAndSize PyErr_Format PyErr_SetString PyList_Append PyList_New PyLong_FromLong PyType_GetFlags
PyUnicode_CompareWithASCIIString PyUnicode_FromString Py_GetConstantBorrowed _Py_DecRef'''.split()
_SOURCE = '''
void *PyModuleDef_Init(void *definition) { return definition; }
void *PyLong_FromLongLong(long long n) { return (void *)n; }
void *PyLong_FromUnsignedLongLong(unsigned long long n) { return (void *)n; }
void *PyExc_TypeError, *PyExc_ValueError;
''' + ''.join(f'void *{name}(void) {{ return 0; }}\n' for name in _NULL)

_folder = os.path.dirname(os.path.dirname(os.path.realpath(test.__file__)))
[__file__] = glob.glob(os.path.join(_folder, 'lib-dynload', '_ctypes_test.*.so'))

with tempfile.TemporaryDirectory() as _work:
    _made = os.path.join(_work, 'stubs.so')
    subprocess.run(['cc', '-shared', '-fPIC', '-x', 'c', '-o', _made, '-'], input=_SOURCE.encode(), check=True)
    ctypes.CDLL(_made, ctypes.RTLD_GLOBAL)


class _Method(ctypes.Structure):
    _fields_ = [('name', ctypes.c_char_p), ('function', ctypes.c_void_p), ('flags', ctypes.c_int), ('doc', ctypes.c_char_p)]


# Its methods stand in its definition, behind the header of an object, a function, two words, name, doc and size.
_library = ctypes.CDLL(__file__)
_library.PyInit__ctypes_test.restype = ctypes.c_void_p
_methods = ctypes.POINTER(_Method).from_address(_library.PyInit__ctypes_test() + 64)


def _numbers(name, kind):
    entry = next(m for m in iter(_methods[i] for i in range(100)) if m.name == name)
    function = ctypes.CFUNCTYPE(kind, ctypes.c_void_p, ctypes.c_void_p)(entry.function)
    return lambda: function(None, None)


get_last_tf_arg_s = _numbers(b'get_last_tf_arg_s', ctypes.c_longlong)
get_last_tf_arg_u = _numbers(b'get_last_tf_arg_u', ctypes.c_ulonglong)
