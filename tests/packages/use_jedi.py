"""Linters and completion."""

import io


def use():
    import pyflakes.api, pyflakes.reporter, pycodestyle, jedi, parso

    o = io.StringIO()
    n = pyflakes.api.check('import os\ndef f(): return x\n', 'f.py', pyflakes.reporter.Reporter(o, o))
    st = pycodestyle.StyleGuide(quiet=True)
    open('pc_x.py', 'w').write('import os,sys\nx=1 \n')
    return (
        n,
        o.getvalue(),
        st.check_files(['pc_x.py']).total_errors,
        parso.parse('def f(a):\n  return a+\n').get_code(),
        [x.name for x in jedi.Script('import json\njson.du').complete(2, 7)],
        [d.name for d in jedi.Script('class A:\n  def foo(self): return 1\nA().fo').complete()],
    )


if __name__ == "__main__":
    for part in use():
        print(part)
