"""What `sysconfig` asks a build about."""

import sys

build_time_vars = {
    'prefix': sys.prefix,
    'exec_prefix': sys.exec_prefix,
    'EXT_SUFFIX': '',
    'SOABI': f'{sys.implementation.cache_tag}{sys.abiflags}-{sys.implementation._multiarch}',
    'MULTIARCH': sys.implementation._multiarch,
    'VERSION': '%d.%d' % sys.version_info[:2],
    'LDVERSION': '%d.%d%s' % (*sys.version_info[:2], sys.abiflags),
    'ABIFLAGS': sys.abiflags,
    'Py_GIL_DISABLED': 1,
    'Py_DEBUG': 0,
    'WITH_DOC_STRINGS': 1,
    'SIZEOF_VOID_P': 8,
    'BINDIR': f'{sys.prefix}/bin',
    'LIBDIR': f'{sys.prefix}/lib',
    'TZPATH': '/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo',
}
