"""A template language: {{ value|filter }}, {% for %}, {% if %}, {% include %}, compiled to a tree of nodes."""

import html
import re

TOKEN = re.compile(r"({{.*?}}|{%.*?%}|{#.*?#})", re.DOTALL)


class TemplateError(Exception):
    pass


class Context:
    def __init__(self, values):
        self.scopes = [values]

    def push(self, values):
        self.scopes.append(values)

    def pop(self):
        self.scopes.pop()

    def __getitem__(self, name):
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        raise KeyError(name)


FILTERS = {
    "upper": str.upper,
    "title": str.title,
    "length": len,
    "join": lambda v: ", ".join(map(str, v)),
    "money": lambda v: f"{v:,.2f}",
    "default": lambda v: v or "-",
    "first": lambda v: v[0],
}


class Expression:
    def __init__(self, text):
        first, *filters = (part.strip() for part in text.split("|"))
        self.safe = "safe" in filters
        try:
            self.filters = [FILTERS[name] for name in filters if name != "safe"]
        except KeyError as e:
            raise TemplateError(f"no filter {e}") from None
        self.literal = first[1:-1] if first[:1] == '"' else None
        self.path = first.split(".")

    def evaluate(self, context):
        if self.literal is not None:
            value = self.literal
        else:
            name, *rest = self.path
            try:
                value = context[name]
            except KeyError:
                return ""
            for part in rest:
                if isinstance(value, dict):
                    value = value.get(part, "")
                elif part.isdigit():
                    value = value[int(part)]
                else:
                    value = getattr(value, part)
                if callable(value):
                    value = value()
        for f in self.filters:
            value = f(value)
        return value


class Text:
    def __init__(self, text):
        self.text = text

    def render(self, context):
        yield self.text


class Variable:
    def __init__(self, expression):
        self.expression = Expression(expression)

    def render(self, context):
        text = str(self.expression.evaluate(context))
        yield text if self.expression.safe else html.escape(text)


class For:
    def __init__(self, target, source, body, empty):
        self.target, self.source, self.body, self.empty = target, Expression(source), body, empty

    def render(self, context):
        items = list(self.source.evaluate(context))
        if not items:
            yield from render_all(self.empty, context)
        for i, item in enumerate(items):
            loop = {"index": i + 1, "first": i == 0, "last": i == len(items) - 1}
            context.push({self.target: item, "loop": loop})
            try:
                yield from render_all(self.body, context)
            finally:
                context.pop()


class If:
    def __init__(self, branches):
        self.branches = branches

    def render(self, context):
        for condition, body in self.branches:
            if condition is None or condition.evaluate(context):
                yield from render_all(body, context)
                return


class Include:
    def __init__(self, name, engine):
        self.name, self.engine = name, engine

    def render(self, context):
        yield from render_all(self.engine.get(self.name), context)


def render_all(nodes, context):
    for node in nodes:
        yield from node.render(context)


class Parser:
    def __init__(self, source, engine):
        self.tokens = [t for t in TOKEN.split(source) if t and not t.startswith("{#")]
        self.at = 0
        self.engine = engine

    def parse(self, *ends):
        nodes = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.startswith("{{"):
                nodes.append(Variable(token[2:-2].strip()))
            elif token.startswith("{%"):
                words = token[2:-2].split()
                if words[0] in ends:
                    return nodes, words
                nodes.append(getattr(self, "tag_" + words[0])(words[1:]))
            else:
                nodes.append(Text(token))
        if ends:
            raise TemplateError(f"expected one of {ends}")
        return nodes, None

    def tag_for(self, words):
        target, _, source = words
        body, end = self.parse("empty", "endfor")
        empty = self.parse("endfor")[0] if end[0] == "empty" else []
        return For(target, source, body, empty)

    def tag_if(self, words):
        branches, condition = [], Expression(" ".join(words))
        while True:
            body, end = self.parse("elif", "else", "endif")
            branches.append((condition, body))
            if end[0] == "endif":
                return If(branches)
            condition = Expression(" ".join(end[1:])) if end[0] == "elif" else None

    def tag_include(self, words):
        return Include(words[0].strip('"'), self.engine)


class Engine:
    def __init__(self, sources):
        self.sources = sources
        self.cache = {}

    def get(self, name):
        if name not in self.cache:
            self.cache[name] = Parser(self.sources[name], self).parse()[0]
        return self.cache[name]

    def render(self, name, **values):
        return "".join(render_all(self.get(name), Context(values)))


class Product:
    def __init__(self, name, price, tags):
        self.name, self.price, self.tags = name, price, tags

    def in_stock(self):
        return len(self.name) % 2


SOURCES = {
    "page": """<html><head><title>{{ title|title }}</title></head><body>
{# a comment #}{% include "menu" %}
<h1>{{ title|upper }}</h1>
<table>{% for p in products %}
  <tr class="{% if loop.first %}first{% elif loop.last %}last{% else %}middle{% endif %}"><td>{{ loop.index }}</td><td>{{ p.name }}</td>
  <td>{{ p.price|money }}</td><td>{% if p.in_stock %}yes{% else %}no{% endif %}</td><td>{% for t in p.tags %}{{ t }}{% if loop.last %}.{% else %}; {% endif %}{% empty %}none{% endfor %}</td></tr>{% endfor %}
</table>{{ missing|default }} {{ footer|safe }} {{ owner.address.city }} {{ "literal"|upper }}</body></html>""",
    "menu": "<ul>{% for m in menu %}<li><a href='{{ m.0 }}'>{{ m.1 }}</a></li>{% endfor %}</ul>",
}


def run(n):
    total = 0
    for i in range(n):
        engine = Engine(SOURCES)
        products = [Product(f"Thing <{k}>" + "x" * (k % 3), 9.5 * k, [f"t{k}", "a & b"][: k % 3]) for k in range(40)]
        page = engine.render(
            "page", title=f"shop number {i}", products=products, menu=[(f"/p{k}", f"Page {k}") for k in range(8)],
            footer="<hr>", owner={"address": {"city": "Ys"}},
        )
        total = (total * 31 + sum(map(ord, page))) % 1_000_003
    return f"{len(page)} {total}"
