"""Imports the modules of the library that the executable carries.

The library appears as a directory on sys.path; this module serves that directory and the packages below it.
"""

import _imp
import _frozen_importlib as _bootstrap
import sys

ROOT = _imp._image_root

# A part of the import system: debuggers that skip that skip this, too.
__name__ = 'importlib._image_importer'


class ImageLoader:
    """Loads one module of the image."""

    # Where pickles find it.
    __module__ = "_image_importer"

    def __init__(self, name, path):
        self.name = name
        self.path = path

    def __eq__(self, other):
        return self.__class__ is other.__class__ and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f'<ImageLoader {self.name!r}>'

    def create_module(self, spec):
        """Use the default."""

    def exec_module(self, module):
        code = _imp._image_code(self.name)
        _bootstrap._call_with_frames_removed(exec, code, module.__dict__)

    def _check(self, name):
        if name is None or name == self.name:
            return self.name
        raise ImportError(f'loader for {self.name} cannot handle {name}', name=name)

    def get_code(self, fullname=None):
        return _imp._image_code(self._check(fullname))

    def get_source(self, fullname=None):
        return _imp._image_source(self._check(fullname))

    def get_filename(self, fullname=None):
        self._check(fullname)
        return self.path

    def is_package(self, fullname=None):
        return _imp._image_find(self._check(fullname))

    def get_data(self, path):
        from _image_resources import read

        data = read(path)
        if data is None:
            raise OSError(2, 'No such file or directory', path)
        return data

    def get_resource_reader(self, fullname=None):
        """For importlib.resources; only packages have resources."""
        if not self.is_package(fullname):
            return None
        from _image_resources import ImageResources

        return ImageResources(self.path.removesuffix('/__init__.py'))

    def load_module(self, fullname=None):
        return _bootstrap._load_module_shim(self, self._check(fullname))


class ImageFinder:
    """Finds the modules of one directory of the library."""

    # Where pickles find it.
    __module__ = "_image_importer"

    def __init__(self, path):
        if path != ROOT and not path.startswith(ROOT + '/'):
            raise ImportError('only for the built-in library', path=path)
        self.path = path
        package = path[len(ROOT) + 1:].replace('/', '.')
        self._prefix = package + '.' if package else ''

    def __repr__(self):
        return f'ImageFinder({self.path!r})'

    def invalidate_caches(self):
        """The image does not change."""

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition('.')[2]
        name = self._prefix + tail
        is_package = _imp._image_find(name)
        if is_package is None:
            return None
        path = f'{self.path}/{tail}'
        filename = path + ('/__init__.py' if is_package else '.py')
        spec = _bootstrap.ModuleSpec(fullname, ImageLoader(name, filename), origin=filename, is_package=is_package)
        spec._set_fileattr = True
        if is_package:
            spec.submodule_search_locations.append(path)
        return spec

    def iter_modules(self, prefix=''):
        """For pkgutil."""
        start = self._prefix
        for name, is_package in _imp._image_modules():
            if name.startswith(start) and '.' not in name[len(start):] and name != start:
                yield prefix + name[len(start):], is_package


_importing = set()


def _zipimport():
    """The module for archives. What its own import looks for is in no archive."""
    from _thread import get_ident

    thread = get_ident()
    if thread in _importing:
        raise ImportError('an archive is not searched for what reads it')
    first = 'zipimport' not in sys.modules
    _importing.add(thread)
    try:
        import zipimport
    finally:
        _importing.discard(thread)
        if first:
            for path, finder in list(sys.path_importer_cache.items()):
                if finder is None:
                    sys.path_importer_cache.pop(path, None)
    return zipimport


def archive_hook(path):
    """Serves zip archives. The module for them is imported when a path is, or leads through, a regular file."""
    import posix

    prefix = path
    while prefix:
        try:
            mode = posix.stat(prefix).st_mode
        except (OSError, ValueError):
            prefix = prefix.rpartition('/')[0]
            continue
        if mode & 0o170000 != 0o100000:
            break
        return _zipimport().zipimporter(path)
    raise ImportError('no archive', path=path)


class OverlayFinder:
    """Finds modules of the library that stand in for extension modules of packages, where nothing else was found."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        # Nothing of a package of the same name that has no folder, or before that package itself.
        if path is None or not fullname.rpartition('.')[2].startswith('_'):
            return None
        from _extension_overlays import OVERLAYS

        name = OVERLAYS.get(fullname)
        if name is None:
            return None
        filename = f'{ROOT}/{name}.py'
        spec = _bootstrap.ModuleSpec(fullname, ImageLoader(name, filename), origin=filename)
        spec._set_fileattr = True
        return spec


def _install():
    sys.path_hooks[:0] = [ImageFinder, archive_hook]
    sys.meta_path.append(OverlayFinder)


def _time_imports(level):
    """Tells standard error how long each import takes; level 2: of those that find their module loaded, too."""
    import _thread
    import builtins
    import time

    load = _bootstrap._find_and_load
    # By thread: the depth of its imports and the time that those inside the present one took.
    running = {}

    def show(own, whole, depth, name):
        if sys.stderr is not None:
            name = name.encode('ascii', 'backslashreplace').decode()
            print(f"import time: {own} | {whole} | {'  ' * depth}{name}", file=sys.stderr)

    def _find_and_load(name, import_):
        thread = _thread.get_ident()
        depth, outer = running.get(thread, (0, 0))
        running[thread] = depth + 1, 0
        start = time.perf_counter_ns()
        try:
            return load(name, import_)
        finally:
            whole = time.perf_counter_ns() - start
            inside = running[thread][1]
            running[thread] = depth, outer + whole
            show(f'{(whole - inside) // 1000:9}', f'{whole // 1000:10}', depth, name)

    def _import(name, globals=None, locals=None, fromlist=(), level=0):
        found = name
        if level > 0:
            try:
                found = _bootstrap._resolve_name(name, _bootstrap._calc___package__(globals), level)
            except Exception:
                found = None
        if sys.modules.get(found) is not None:
            show('cached   ', 'cached    ', running.get(_thread.get_ident(), (0, 0))[0], found)
        return original(name, globals, locals, fromlist, level)

    show('self [us]', 'cumulative', 0, 'imported package')
    _bootstrap._find_and_load = _find_and_load
    if level > 1:
        original = builtins.__import__
        builtins.__import__ = _import
