"""Locks that a module drops while it is imported by a fork server or by its child are removed."""
import os
import subprocess
import sys
import tempfile

MODULE = """
import multiprocessing

multiprocessing.Lock()


def f():
    print("ok", flush=True)
"""
MAIN = """
import multiprocessing
import preloaded

multiprocessing.Lock()

if __name__ == "__main__":
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["preloaded"])
    process = context.Process(target=preloaded.f)
    process.start()
    process.join()
"""
with tempfile.TemporaryDirectory() as folder:
    for name, text in ("preloaded", MODULE), ("main", MAIN):
        with open(os.path.join(folder, f"{name}.py"), "w") as f:
            f.write(text)
    done = subprocess.run([sys.executable, os.path.join(folder, "main.py")], capture_output=True, text=True)
    print(done.stdout, done.stderr, done.returncode)
