"""Lines and branches of a program, measured and reported."""

import contextlib
import io
import os
import sys
import tempfile


def use():
    import coverage

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'measured.py')
        with open(path, 'w') as f:
            f.write('def f(x):\n    if x:\n        return 1\n    for i in range(3):\n        x += i\n    return x\n\n\nf(1)\n')
        measured = coverage.Coverage(data_file=os.path.join(folder, 'data'), config_file=False, include=[path])
        sys.path.insert(0, folder)
        measured.start()
        import measured as module

        measured.stop()
        measured.save()
        del sys.path[0], sys.modules['measured']
        again = coverage.Coverage(data_file=os.path.join(folder, 'data'), config_file=False)
        again.load()
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            percent = again.report(show_missing=True, file=out)
        text = out.getvalue().replace(folder, 'FOLDER')
        return [line.split() for line in text.splitlines()][-1:], round(percent, 2), again.analysis(path)[1:3]


if __name__ == '__main__':
    for part in use():
        print(part)
