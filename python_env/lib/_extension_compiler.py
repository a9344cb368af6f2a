"""Stands before the C compiler when a package is built: `sysconfig` gives this as CC and LDSHARED.

An extension module cannot be loaded here, so there is no point in compiling one. One that the package can do without,
because it has the same in Python or this library does what is asked of it (`_extension_overlays`), becomes a file that only says so;
another is refused in a sentence. Everything else that is compiled (a library, a program that looks for a function) is left to the
real compiler.
"""

import os
import sys

import _extension_overlays


def _includes(arguments):
    """The folders in which the compiler looks for headers."""
    words = iter(arguments)
    for word in words:
        if word == '-I':
            yield next(words, '')
        elif word.startswith('-I'):
            yield word[2:]


def _output(arguments):
    """What is written, or None."""
    words = iter(arguments)
    found = None
    for word in words:
        if word == '-o':
            found = next(words, None)
        elif word.startswith('-o'):
            found = word[2:]
    return found


def _is_part_of_extension(arguments):
    """Whether a source is compiled against Python's headers, which only extension modules need."""
    import sysconfig

    paths = sysconfig.get_paths()
    # setuptools makes up the folder's name by itself.
    name = f'python{sysconfig.get_python_version()}{sys.abiflags}'
    headers = {paths['include'], paths['platinclude'], f'{sys.base_prefix}/include/{name}'}
    return '-c' in arguments and not headers.isdisjoint(_includes(arguments))


def _write(path, text):
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)


def main(arguments):
    output = _output(arguments)
    if output is not None:
        # What the parts are made of is known when they are linked, under the name of the module.
        if _is_part_of_extension(arguments):
            _write(output, 'A part of an extension module that is not compiled.\n')
            return 0
        if '-shared' in arguments:
            name = _extension_overlays.module_of_file(output)
            if name is not None:
                if _extension_overlays.dispensable(name):
                    _write(output, f'{name} is not compiled here: its package or the library has the same in Python.\n')
                    return 0
                print(f'error: {_extension_overlays.refusal(name)}', file=sys.stderr)
                return 1
    try:
        os.execvp(arguments[0], arguments)
    except OSError as error:
        print(f'error: {arguments[0]}: {error.strerror}', file=sys.stderr)
        return 127


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit('usage: -m _extension_compiler COMPILER ARGUMENT...')
    sys.exit(main(sys.argv[1:]))
