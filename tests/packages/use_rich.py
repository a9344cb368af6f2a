"""Tables, trees, Markdown, highlighted source and tracebacks on a recording console."""

import hashlib
import io


def use():
    from rich.console import Console
    from rich.table import Table
    from rich.tree import Tree
    from rich.markdown import Markdown
    from rich.syntax import Syntax
    from rich.progress import track
    from rich.panel import Panel
    from rich.pretty import pprint
    from rich.traceback import Traceback

    c = Console(record=True, width=80, file=io.StringIO(), force_terminal=True, color_system='truecolor')
    t = Table(title='T')
    t.add_column('a')
    t.add_column('b')
    for i in range(5):
        t.add_row(str(i), '[red]x[/]' * i)
    c.print(t)
    tr = Tree('r')
    tr.add('x').add('y')
    c.print(tr)
    c.print(Markdown('# hi\n\n* a\n* b\n\n```python\nprint(1)\n```'))
    c.print(Syntax('def f(x): return x+1\n', 'python', line_numbers=True))
    c.print(Panel('hello :smile:'))
    c.print({'a': [1, 2, {'b': 3}]})
    s = c.export_text(styles=True)
    return len(s), hashlib.md5(s.split('Traceback')[0].encode()).hexdigest(), c.export_html()[:30]


if __name__ == "__main__":
    for part in use():
        print(part)
