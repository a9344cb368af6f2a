"""The library's files can be opened, asked for and listed by the names that its modules have."""

import argparse
import ast
import email
import json
import os
import stat
import subprocess
import sys

for module in (argparse, json, email):
    path = module.__file__
    with open(path, encoding='utf-8') as f:
        text = f.read()
    ast.parse(text)
    st = os.stat(path)
    print(len(text.encode()) == st.st_size, stat.S_ISREG(st.st_mode), os.path.isfile(path), os.path.exists(path))
    print(os.path.samefile(path, path), os.access(path, os.R_OK), os.path.getsize(path) == st.st_size)

folder = os.path.dirname(argparse.__file__)
names = os.listdir(folder)
print('argparse.py' in names, 'json' in names, 'missing.py' in names, len(names) == len(set(names)))
print(os.path.isdir(folder), os.path.isfile(folder), os.access(folder, os.X_OK))
print(sorted(n for n in os.listdir(os.path.join(folder, 'json')) if n.endswith('.py')))
with os.scandir(os.path.join(folder, 'json')) as entries:
    print(sorted((e.name, e.is_file(), e.is_dir(), e.stat().st_size > 0) for e in entries if e.name.endswith('.py')))
for root, folders, files in os.walk(os.path.join(folder, 'json')):
    print(os.path.relpath(root, folder), 'decoder.py' in files)
    break

fd = os.open(os.path.join(folder, 'json', 'decoder.py'), os.O_RDONLY)
first = os.read(fd, 10)
os.lseek(fd, 0, os.SEEK_SET)
print(os.read(fd, 10) == first)
os.close(fd)
print(os.path.isfile(os.path.join(folder, 'json', '..', 'argparse.py')))

for call in (lambda: open(os.path.join(folder, 'missing.py')), lambda: os.stat(os.path.join(folder, 'json', 'missing')),
             lambda: os.listdir(os.path.join(folder, 'missing')), lambda: open(os.path.join(folder, 'argparse', 'x'))):
    try:
        call()
    except FileNotFoundError as e:
        print(type(e).__name__, e.errno)
try:
    open(folder)
except IsADirectoryError as e:
    print(type(e).__name__)

done = subprocess.run([sys.executable, os.path.join(folder, 'quopri.py')], input=b'a=b', capture_output=True)
print(done.returncode, done.stdout, done.stderr)
