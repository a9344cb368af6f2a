"""JSON read and written by hand, with positions in errors."""

import math

ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
UNESCAPED = {v: "\\" + k for k, v in ESCAPES.items() if k != "/"}


class JSONError(ValueError):
    def __init__(self, message, text, at):
        line = text.count("\n", 0, at) + 1
        column = at - text.rfind("\n", 0, at)
        super().__init__(f"{message} in line {line}, column {column}")


class Reader:
    def __init__(self, text):
        self.text = text
        self.at = 0

    def read(self):
        value = self.value()
        self.skip()
        if self.at != len(self.text):
            self.fail("something follows")
        return value

    def fail(self, message):
        raise JSONError(message, self.text, self.at)

    def skip(self):
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1

    def peek(self):
        self.skip()
        return self.text[self.at] if self.at < len(self.text) else ""

    def value(self):
        c = self.peek()
        if c == "{":
            return self.object()
        if c == "[":
            return self.array()
        if c == '"':
            return self.string()
        if c and (c in "-" or c.isdigit()):
            return self.number()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        self.fail("no value")

    def object(self):
        self.at += 1
        result = {}
        if self.peek() == "}":
            self.at += 1
            return result
        while True:
            if self.peek() != '"':
                self.fail("no key")
            key = self.string()
            if self.peek() != ":":
                self.fail("no colon")
            self.at += 1
            result[key] = self.value()
            c = self.peek()
            self.at += 1
            if c == "}":
                return result
            if c != ",":
                self.at -= 1
                self.fail("no comma")

    def array(self):
        self.at += 1
        result = []
        if self.peek() == "]":
            self.at += 1
            return result
        while True:
            result.append(self.value())
            c = self.peek()
            self.at += 1
            if c == "]":
                return result
            if c != ",":
                self.at -= 1
                self.fail("no comma")

    def string(self):
        self.at += 1
        parts = []
        while True:
            start = self.at
            while self.at < len(self.text) and self.text[self.at] not in '"\\':
                self.at += 1
            parts.append(self.text[start : self.at])
            if self.at >= len(self.text):
                self.fail("a string does not end")
            c = self.text[self.at]
            self.at += 1
            if c == '"':
                return "".join(parts)
            c = self.text[self.at]
            self.at += 1
            if c == "u":
                parts.append(chr(int(self.text[self.at : self.at + 4], 16)))
                self.at += 4
            else:
                parts.append(ESCAPES[c])

    def number(self):
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in "+-.eE0123456789":
            self.at += 1
        text = self.text[start : self.at]
        try:
            return int(text)
        except ValueError:
            return float(text)


def write(value, indent=None, level=0):
    pad = "" if indent is None else "\n" + " " * (indent * (level + 1))
    end = "" if indent is None else "\n" + " " * (indent * level)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            if math.isnan(value) or math.isinf(value):
                raise ValueError("no such number in JSON")
            return repr(value)
        case str():
            return '"' + "".join(UNESCAPED.get(c) or (c if " " <= c <= "~" else f"\\u{ord(c):04x}") for c in value) + '"'
        case list() | tuple():
            if not value:
                return "[]"
            return "[" + ",".join(pad + write(v, indent, level + 1) for v in value) + end + "]"
        case dict():
            if not value:
                return "{}"
            items = (f"{pad}{write(str(k))}: {write(v, indent, level + 1)}" for k, v in value.items())
            return "{" + ",".join(items) + end + "}"
        case _:
            raise TypeError(type(value).__name__)


def document(n):
    return {
        "name": "r\u00e9sum\u00e9 \"quoted\"\n",
        "numbers": [i * 1.5 if i % 3 else i for i in range(n)],
        "people": [{"id": i, "tags": ["a", "b\\c"][: i % 3], "nested": {"deep": [[], {}, None, i % 2 == 0]}} for i in range(n)],
    }


def run(n):
    total = 0
    for i in range(n):
        text = write(document(60), indent=2 if i % 2 else None)
        value = Reader(text).read()
        assert value == document(60)
        total += len(write(value))
        for broken in ('{"a": 1,}', '[1, 2', '{"a" 1}', '"x', "[tru]"):
            try:
                Reader(broken).read()
            except JSONError as e:
                total += len(str(e))
    return total
