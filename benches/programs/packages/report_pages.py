"""Jinja2 on a table of test results: templates with inheritance, macros, filters, loops and escapes; compiled and rendered."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))

from jinja2 import DictLoader, Environment, select_autoescape

TEMPLATES = {
    "base.html": """<!doctype html><title>{% block title %}{% endblock %}</title>
<nav>{% for link in links %}<a href="{{ link.href }}"{% if loop.last %} class="last"{% endif %}>{{ link.text|title }}</a>{% endfor %}</nav>
{% block body %}{% endblock %}<footer>{{ rows|length }} rows, {{ "%.1f"|format(share) }} %</footer>""",
    "macros.html": """{% macro cell(value, kind="td") -%}<{{ kind }}{% if value is number %} class="n"{% endif %}>{{ value }}</{{ kind }}>{%- endmacro %}
{% macro bar(n, of) %}<i style="width:{{ (100 * n / (of or 1))|round(1) }}%"></i>{% endmacro %}""",
    "report.html": """{% extends "base.html" %}{% from "macros.html" import cell, bar %}
{% block title %}Units & results{% endblock %}
{% block body %}{% for name, group in rows|groupby("group") %}{% set total = group|sum(attribute="tests") %}
<h2 id="{{ name|replace('_', '-') }}">{{ name }}: {{ group|length }}</h2><table>
{% for row in group|sort(attribute="failed", reverse=true) %}<tr class="{{ loop.cycle('odd', 'even') }}">
{{ cell(loop.index) }}{{ cell(row.unit) }}{{ cell(row.state, kind="th") }}{{ cell(row.tests) }}{{ bar(row.failed, row.tests) }}
{%- if row.failed > 5 and row.state != "pass" %}<b>{{ row.unit|upper|truncate(12, true) }} &lt;{{ row.note }}&gt;</b>{% endif %}</tr>
{% else %}<tr><td>nothing</td></tr>{% endfor %}</table><p>{{ total }}{% endfor %}{% endblock %}""",
}


def rows():
    with open(os.path.join(HERE, "input", "table.tsv"), encoding="utf-8") as f:
        for line in f:
            part = line.rstrip("\n").split("\t")
            if len(part) >= 6 and part[3].isdigit():
                group, unit, state, tests, failed, skipped = part[:6]
                yield {"group": group, "unit": unit, "state": state, "tests": int(tests), "failed": int(failed), "note": f"<{skipped} & more>"}


def run(n):
    table = list(rows())
    links = [{"href": f"/{name}?a=1&b=2", "text": name} for name in ("home", "results", "about us")]
    total = 0
    for i in range(n):
        # Compiled anew now and then, as at the start of a server.
        if i % 4 == 0:
            env = Environment(loader=DictLoader(TEMPLATES), autoescape=select_autoescape(), trim_blocks=True)
        text = env.get_template("report.html").render(rows=table, links=links, share=100 * i / n)
        total += len(text) + text.count("&lt;")
    return total
