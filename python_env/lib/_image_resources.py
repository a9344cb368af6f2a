"""Gives importlib.resources the files of the library that the executable carries."""

import _imp
import io
from importlib.resources.abc import Traversable, TraversableResources

ROOT = _imp._image_root


def read(path):
    """The bytes of a file that seems to lie below ROOT, or None."""
    if not path.startswith(ROOT + '/'):
        return None
    path = path[len(ROOT) + 1:]
    if path.endswith('.py'):
        name = path[:-3].replace('/', '.').removesuffix('.__init__')
        source = _imp._image_source(name) if _imp._image_find(name) is not None else None
        return None if source is None else source.encode()
    return _imp._image_data(path)


def _files():
    """The paths of all files, relative to ROOT."""
    yield from _imp._image_data_names()
    for name, is_package in _imp._image_modules():
        yield name.replace('.', '/') + ('/__init__.py' if is_package else '.py')


class ImageTraversable(Traversable):
    """A file or folder of the library."""

    def __init__(self, path):
        self._path = path

    def __eq__(self, other):
        return self.__class__ is other.__class__ and self._path == other._path

    def __hash__(self):
        return hash(self._path)

    def __str__(self):
        return self._path

    def __repr__(self):
        return f'{type(self).__name__}({self._path!r})'

    @property
    def name(self):
        return self._path.rpartition('/')[2]

    def _children(self):
        start = (self._path + '/')[len(ROOT) + 1:]
        return {path[len(start):].partition('/')[0] for path in _files() if path.startswith(start)}

    def is_dir(self):
        return not self.is_file() and bool(self._children())

    def is_file(self):
        return read(self._path) is not None

    def iterdir(self):
        for name in sorted(self._children()):
            yield ImageTraversable(f'{self._path}/{name}')

    def joinpath(self, *descendants):
        names = [name for descendant in descendants for name in str(descendant).split('/') if name not in ('', '.')]
        return ImageTraversable('/'.join([self._path, *names]))

    def open(self, mode='r', *args, **kwargs):
        data = read(self._path)
        if data is None:
            if self._children():
                raise IsADirectoryError(21, 'Is a directory', self._path)
            raise FileNotFoundError(2, 'No such file or directory', self._path)
        stream = io.BytesIO(data)
        return stream if 'b' in mode else io.TextIOWrapper(stream, *args, **kwargs)

    def read_text(self, encoding=None, errors=None):
        with self.open(encoding=encoding, errors=errors) as stream:
            return stream.read()


class ImageResources(TraversableResources):
    """The files of one package."""

    def __init__(self, path):
        self._path = path

    def files(self):
        return ImageTraversable(self._path)
