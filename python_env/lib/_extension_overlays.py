"""Which extension modules of packages the library stands in for, and what is said of the others.

A package that asks for one of `OVERLAYS` gets a module of this library under that name. `PURE` can be missing, since their packages
have the same in Python.
"""

import sys

# The extension's name: the module of this library that is loaded in its place.
OVERLAYS = {
    'psutil._psutil_linux': '_psutil_overlay',
}

# Extensions whose packages fall back to Python when the import fails, but insist on compiling them.
PURE = {
    'msgpack._cmsgpack',
}


def dispensable(name):
    """Whether a package works without its extension."""
    return name in OVERLAYS or name in PURE


def refusal(name):
    """Says that an extension cannot be used, and what can be done."""
    return (f'{name!r} is an extension module, which {sys.implementation.name} cannot load: '
            'use a release of its package that has the same in Python, or another package')


def _suffixes():
    import sysconfig

    return sysconfig.get_config_var('EXT_SUFFIX'), '.abi3.so', '.so'


def module_of_file(path):
    """The full name of the extension module that is to be linked as a file, as far as the path tells it, or None."""
    parts = path.split('/')
    stem = next((parts[-1].removesuffix(end) for end in _suffixes() if parts[-1].endswith(end)), None)
    if stem is None:
        return None
    parts[-1] = stem
    # A build folder has the packages in `lib.PLATFORM`; an editable package is built in its own.
    start = max((i + 1 for i, part in enumerate(parts) if part.startswith('lib.')), default=None)
    if start is not None:
        return '.'.join(parts[start:])
    for name in (*OVERLAYS, *PURE):
        words = name.split('.')
        if parts[-len(words):] == words:
            return name
    return stem
