# Files of the library that are no modules are read like those of any package, wherever the library lies.
import importlib.resources as resources
import importlib.util
import os
import pkgutil
import pydoc
import sysconfig

for package, names in [('pydoc_data', ['_pydoc.css', 'topics.py', '__init__.py', 'missing']),
                       ('venv', ['scripts', '__main__.py', 'scripts/common/activate', 'scripts/common/Activate.ps1'])]:
    folder = resources.files(package)
    print(package, folder.is_dir(), folder.is_file(), folder.name)
    for name in names:
        file = folder / name
        print(name, file.name, file.is_file(), file.is_dir())
        if not file.is_file():
            try:
                file.read_bytes()
            except OSError as e:
                print(type(e).__name__)

css = resources.files('pydoc_data').joinpath('_pydoc.css')
text = css.read_text(encoding='utf-8')
print(len(text) > 100, css.read_bytes().decode() == text, resources.read_text('pydoc_data', '_pydoc.css') == text)
print(pkgutil.get_data('pydoc_data', '_pydoc.css') == text.encode(), pydoc._url_handler('pydoc_data/_pydoc.css', 'text/css') == text)
print(pkgutil.get_data('venv', 'scripts/common/activate.fish')[:1])
with css.open('rb') as f:
    print(f.read(3) == text[:3].encode())
with css.open(encoding='utf-8') as f:
    print(f.readline() == text.splitlines(True)[0])

with resources.as_file(css) as path:
    print(path.read_text() == text)
with resources.as_file(resources.files('venv') / 'scripts') as path:
    print(sorted(p.name for p in path.joinpath('common').iterdir()), path.joinpath('posix', 'activate.csh').is_file())
print(sorted(c.name for c in resources.files('pydoc_data').iterdir() if not c.name.startswith('__pyc')))

loader = importlib.util.find_spec('json').loader
for path in ['nowhere', os.path.join(os.path.dirname(os.__file__), 'nowhere.txt'), os.path.join(os.path.dirname(os.__file__), 'nowhere.py')]:
    try:
        loader.get_data(path)
    except OSError as e:
        print(type(e).__name__, e.errno, e.filename == path)
print(b'def loads' in loader.get_data(loader.path))

# What tools that build packages ask; the values are the installation's, that they are there is not.
print(sysconfig.get_path('stdlib') == os.path.dirname(os.__file__))
for name in ['EXT_SUFFIX', 'SOABI', 'SHLIB_SUFFIX', 'CC', 'CXX', 'CFLAGS', 'CCSHARED', 'LDSHARED', 'AR', 'ARFLAGS', 'INCLUDEPY',
             'LIBDIR', 'BINDIR', 'VERSION', 'LDVERSION', 'MULTIARCH', 'OPT', 'CONFIG_ARGS', 'HOST_GNU_TYPE', 'LDFLAGS']:
    print(name, type(sysconfig.get_config_var(name)).__name__)
suffix = sysconfig.get_config_var('EXT_SUFFIX')
print(suffix.startswith('.'), suffix.split('.')[1] == sysconfig.get_config_var('SOABI'), suffix.endswith('.so'))
