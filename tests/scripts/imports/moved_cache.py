# Code that was compiled under another path is told its new one: in place, with the code inside.
import _imp
import marshal
import os
import shutil
import sys
import tempfile

SOURCE = '''
import sys
def f():
    class A:
        def g(self): return sys._getframe().f_code.co_filename
    return A().g()
where = [sys._getframe().f_code.co_filename, f(), (lambda: sys._getframe().f_code.co_filename)()]
'''


def names(code):
    yield code.co_name, code.co_filename
    for const in code.co_consts:
        if hasattr(const, 'co_name'):
            yield from names(const)


code = compile(SOURCE, '/old/place.py', 'exec')
print(list(names(code)))
print(_imp._fix_co_filename(code, '/new/place.py'))
print(list(names(code)))
space = {}
exec(code, space)
print(space['where'], code == compile(SOURCE, '/new/place.py', 'exec'))
print(next(names(marshal.loads(marshal.dumps(code)))))
try:
    _imp._fix_co_filename(space['f'], '/new')
except TypeError as e:
    print(e)

sys.dont_write_bytecode = False
with tempfile.TemporaryDirectory() as folder:
    one, two = os.path.join(folder, 'one'), os.path.join(folder, 'two')
    os.mkdir(one)
    with open(os.path.join(one, 'moved_mod.py'), 'w') as f:
        f.write(SOURCE)
    for place in one, two:
        sys.path[0] = place
        import moved_mod
        print([os.path.relpath(name, folder) for name in moved_mod.where], os.path.isdir(os.path.join(place, '__pycache__')))
        del sys.modules['moved_mod']
        sys.path_importer_cache.clear()
        if place == one:
            shutil.move(one, two)
