# A tokenizer, recursive-descent parser and evaluator for arithmetic with variables and functions.
import math
import re

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|(\w+)|(\*\*|.))")


class ParseError(Exception):
    pass


class Parser:
    def __init__(self, text, env):
        self.tokens = []
        for number, name, op in TOKEN.findall(text):
            if number:
                self.tokens.append(("num", float(number) if "." in number else int(number)))
            elif name:
                self.tokens.append(("name", name))
            elif op.strip():
                self.tokens.append(("op", op))
        self.tokens.append(("end", None))
        self.pos = 0
        self.env = env

    def peek(self):
        return self.tokens[self.pos]

    def next(self):
        t = self.tokens[self.pos]
        self.pos += 1
        return t

    def accept(self, *ops):
        kind, value = self.peek()
        if kind == "op" and value in ops:
            self.pos += 1
            return value
        return None

    def expect(self, op):
        if not self.accept(op):
            raise ParseError(f"expected {op!r}, got {self.peek()[1]!r}")

    def statement(self):
        if self.peek()[0] == "name" and self.tokens[self.pos + 1] == ("op", "="):
            name = self.next()[1]
            self.next()
            self.env[name] = value = self.expr()
        else:
            value = self.expr()
        if self.peek()[0] != "end":
            raise ParseError(f"unexpected {self.peek()[1]!r}")
        return value

    def expr(self):
        value = self.term()
        while op := self.accept("+", "-"):
            rhs = self.term()
            value = value + rhs if op == "+" else value - rhs
        return value

    def term(self):
        value = self.factor()
        while op := self.accept("*", "/", "%"):
            rhs = self.factor()
            match op:
                case "*":
                    value *= rhs
                case "/":
                    value /= rhs
                case "%":
                    value %= rhs
        return value

    def factor(self):
        if self.accept("-"):
            return -self.factor()
        base = self.atom()
        return base ** self.factor() if self.accept("**") else base

    def atom(self):
        match self.next():
            case ("num", v):
                return v
            case ("name", name) if self.accept("("):
                args = []
                if not self.accept(")"):
                    args.append(self.expr())
                    while self.accept(","):
                        args.append(self.expr())
                    self.expect(")")
                return self.env[name](*args)
            case ("name", name):
                return self.env[name]
            case ("op", "("):
                v = self.expr()
                self.expect(")")
                return v
            case (_, other):
                raise ParseError(f"unexpected {other!r}")


env = {"pi": math.pi, "sqrt": math.sqrt, "max": max, "abs": abs, "f": lambda x, y=2: x * y}
for line in ["1 + 2 * 3", "(1 + 2) * 3", "-2 ** 2", "2 ** 3 ** 2", "x = 10", "x * x - 1", "y = x / 4", "max(x, y, 3) % 7", "sqrt(2) * pi", "f(3) + f(3, 4)", "1 +", "(1", "1 2", "nope + 1", "1 / 0", "max()", "f(", "", "10 - 4 - 3", "100 / 10 / 2", "7 % 4 * 2", "- - 3", "2 * -3"]:
    try:
        print(f"{line!r:22} = {Parser(line, env).statement()!r}")
    except (ParseError, KeyError, ZeroDivisionError, TypeError) as e:
        print(f"{line!r:22} ! {type(e).__name__}: {e}")
