# What the locale's encoding is where UTF-8 is not asked for, names of scripts as they were written, and small stacks.
import os
import subprocess
import sys
import tempfile

CODE = """import sys, locale
print(sys.flags.utf8_mode, locale.getencoding(), locale.getpreferredencoding(False), open(sys.executable).encoding,
      open(sys.executable, encoding='locale').encoding, [(s.encoding, s.errors) for s in (sys.stdin, sys.stdout, sys.stderr)])
print(ascii('\\xe9').strip("'"), end=' ')
try:
    print('\\xe9')
except UnicodeEncodeError as e:
    print(e)
"""
BASE = {k: v for k, v in os.environ.items() if not k.startswith(('LC_', 'LANG', 'PYTHON'))}


def child(options, **changes):
    return subprocess.run([sys.executable, *options], env=BASE | changes, capture_output=True, encoding='latin1')


for changes in ({'LC_ALL': 'C'}, {'LC_ALL': 'POSIX'}, {'LC_ALL': 'C.UTF-8'}, {'LC_CTYPE': 'C'}, {'LANG': 'C'}, {},
                {'PYTHONCOERCECLOCALE': '0'}, {'LC_CTYPE': 'C', 'PYTHONCOERCECLOCALE': '0'}):
    for mode in ({}, {'PYTHONUTF8': '0'}, {'PYTHONUTF8': '1'}, {'PYTHONUTF8': '0', 'PYTHONIOENCODING': ':replace'}):
        done = child(['-c', CODE], **changes, **mode)
        print(changes, mode, done.returncode, done.stdout, end='')

with tempfile.TemporaryDirectory() as folder:
    folder = os.path.realpath(folder)
    os.mkdir(os.path.join(folder, 'd'))
    for name in ('x.py', '__main__.py'):
        with open(os.path.join(folder, 'd', name), 'w') as f:
            f.write('import sys; print(__file__, sys.argv, sys.path[0], sys._getframe().f_code.co_filename)\n1/0\n')
    os.chdir(os.path.join(folder, 'd'))
    for path in ('x.py', './x.py', './/x.py', '../d/x.py', '././../d/./x.py', '.', './', '../d', os.path.join(folder, 'd', '.', 'x.py'), './none.py'):
        done = child([path])
        print(path.replace(folder, 'F'), done.stdout.replace(folder, 'F'), end='')
        print(*[line.replace(folder, 'F') for line in done.stderr.splitlines() if 'File "' in line and 'runpy' not in line])
    os.chdir('/')

for size in (1 << 10, 300, 200):
    done = subprocess.run(
        ['sh', '-c', f'ulimit -s {size}; exec "$0" -c "{chr(10).join(("def f(): f()", "print(1)", "f()"))}"', sys.executable],
        env=BASE, capture_output=True, encoding='latin1')
    print(size, done.returncode, done.stdout, done.stderr.splitlines()[-1])
