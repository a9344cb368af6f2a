"""mistune on the documents of a project: to HTML, with tables, footnotes and a table of contents, and back to Markdown."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))

import mistune
from mistune.renderers.markdown import MarkdownRenderer
from mistune.toc import add_toc_hook, render_toc_ul

PAGES = [open(os.path.join(HERE, "input", name), encoding="utf-8").read() for name in ("architecture.md", "compatibility.md")]


def run(n):
    html = mistune.create_markdown(escape=False, plugins=["table", "footnotes", "strikethrough", "url", "task_lists"])
    add_toc_hook(html)
    plain = mistune.create_markdown(renderer=MarkdownRenderer())
    total = 0
    for _ in range(n):
        for page in PAGES:
            text, state = html.parse(page)
            toc = render_toc_ul(state.env["toc_items"])
            total += len(text) + len(toc) + text.count("<code>") + len(plain(page))
    return total
