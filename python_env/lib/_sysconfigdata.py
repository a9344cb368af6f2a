"""What `sysconfig` asks a build about.

There are no headers and extension modules cannot be loaded, but tools that build packages ask how they would be
compiled. The compiler's name leads through `_extension_compiler`, which refuses or leaves out the extension.
"""

import shlex
import sys

_version = '%d.%d' % sys.version_info[:2]
_multiarch = sys.implementation._multiarch
_soabi = f'{sys.implementation.cache_tag}{sys.abiflags}-{_multiarch}'
_include = f'{sys.base_prefix}/include/protopython{_version}{sys.abiflags}'
# Without a name of the executable there is nothing to lead through.
_first = shlex.join([sys.executable, '-I', '-S', '-m', '_extension_compiler', '']).removesuffix("''") if sys.executable else ''

build_time_vars = {
    'ABIFLAGS': sys.abiflags,
    'AR': 'ar',
    'ARFLAGS': 'rcs',
    'BINDIR': f'{sys.base_prefix}/bin',
    'BINLIBDEST': sys._stdlib_dir,
    'BLDSHARED': f'{_first}cc -shared',
    'BUILD_GNU_TYPE': _multiarch,
    'CC': f'{_first}cc',
    'CCSHARED': '-fPIC',
    'CFLAGS': '-O2',
    'CONFIG_ARGS': '',
    'CONFINCLUDEDIR': f'{sys.base_prefix}/include',
    'CONFINCLUDEPY': _include,
    'CPPFLAGS': '',
    'CXX': f'{_first}c++',
    'DESTLIB': sys._stdlib_dir,
    'EXE': '',
    'EXT_SUFFIX': f'.{_soabi}.so',
    'HOST_GNU_TYPE': _multiarch,
    'INCLUDEDIR': f'{sys.base_prefix}/include',
    'INCLUDEPY': _include,
    'INSTSONAME': '',
    'LDCXXSHARED': f'{_first}c++ -shared',
    'LDFLAGS': '',
    'LDLIBRARY': '',
    'LDSHARED': f'{_first}cc -shared',
    'LDVERSION': f'{_version}{sys.abiflags}',
    'LIBDEST': sys._stdlib_dir,
    'LIBDIR': f'{sys.base_prefix}/lib',
    'LIBRARY': '',
    'MACHDEP': sys.platform,
    'MULTIARCH': _multiarch,
    'OPT': '-O2',
    'PLATLIBDIR': sys.platlibdir,
    'Py_DEBUG': 0,
    'Py_ENABLE_SHARED': 0,
    'Py_GIL_DISABLED': 1,
    'RANLIB': 'ranlib',
    'SCRIPTDIR': f'{sys.base_prefix}/lib',
    'SHELL': '/bin/sh',
    'SHLIB_SUFFIX': '.so',
    'SIZEOF_VOID_P': 8,
    'SOABI': _soabi,
    'TZPATH': '/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo',
    'VERSION': _version,
    'WITH_DOC_STRINGS': 1,
    'exec_prefix': sys.base_exec_prefix,
    'prefix': sys.base_prefix,
}
