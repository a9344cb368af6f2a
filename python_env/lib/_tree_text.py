"""The text of a syntax tree, for the compiler. A tree can hold more than text can say."""

import ast
from keyword import iskeyword

# Fields that hold an identifier, a dotted name, or a list of identifiers.
_IDENTIFIERS = frozenset({"name", "id", "attr", "arg", "asname", "module", "names", "rest", "kwd_attrs"})


def text_of(tree):
    """The text of `tree`, and a dict of the identifiers that are written otherwise than they are: tools like
    pytest use names that no text can hold, so that they meet nobody else's."""
    if _plain(tree):
        return ast.unparse(tree), {}
    rewrite = _Rewrite()
    text = ast.unparse(rewrite.node(tree))
    return text, {written: name for name, written in rewrite.written.items()}


def _fits(name):
    return all(part.isidentifier() and not iskeyword(part) for part in name.split("."))


def _plain(tree):
    for node in ast.walk(tree):
        for field in node._fields:
            if field in _IDENTIFIERS:
                value = getattr(node, field, None)
                if isinstance(value, str):
                    if not _fits(value) and not (type(node) is ast.alias and value == "*"):
                        return False
                elif isinstance(value, list) and not all(_fits(v) for v in value if isinstance(v, str)):
                    return False
        if isinstance(node, ast.JoinedStr) and not all(isinstance(v, (ast.Constant, ast.FormattedValue)) for v in node.values):
            return False
    return True


class _Rewrite:
    """Copies a tree into one that text can hold."""

    def __init__(self):
        self.written = {}

    def name(self, name):
        if _fits(name) or name == "*" or name in ("None", "True", "False"):
            return name
        # A letter that no one writes, so that the name is new.
        return self.written.setdefault(name, f"\u16a0{len(self.written)}")

    def node(self, node):
        fields = {f: self.value(getattr(node, f), f in _IDENTIFIERS) for f in node._fields if hasattr(node, f)}
        new = type(node)(**fields)
        for attribute in node._attributes:
            if hasattr(node, attribute):
                setattr(new, attribute, getattr(node, attribute))
        if isinstance(new, ast.JoinedStr):
            # Any expression that gives a string may stand there.
            new.values = [
                v if isinstance(v, (ast.Constant, ast.FormattedValue)) else ast.copy_location(ast.FormattedValue(v, -1), v)
                for v in new.values
            ]
        return new

    def value(self, value, identifier):
        if isinstance(value, ast.AST):
            return self.node(value)
        if isinstance(value, list):
            return [self.value(v, identifier) for v in value]
        if identifier and isinstance(value, str):
            return self.name(value)
        return value
