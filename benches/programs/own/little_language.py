"""A small language with closures: tokens, a recursive descent parser, a tree of nodes that evaluate themselves."""

import operator
import re
from dataclasses import dataclass

TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<string>\"[^\"]*\")|(?P<name>[A-Za-z_]\w*)|(?P<op>==|!=|<=|>=|&&|\|\||[-+*/%<>=!(){},;\[\]]))"
)
KEYWORDS = {"let", "fn", "if", "else", "while", "return", "true", "false", "nil"}


class ReturnSignal(Exception):
    def __init__(self, value):
        self.value = value


class Scope:
    def __init__(self, parent=None):
        self.values = {}
        self.parent = parent

    def lookup(self, name):
        scope = self
        while scope is not None:
            if name in scope.values:
                return scope
            scope = scope.parent
        raise NameError(name)


def tokenize(text):
    at = 0
    text = text.rstrip()
    while at < len(text):
        m = TOKENS.match(text, at)
        if m is None:
            raise SyntaxError(f"unexpected {text[at]!r} at {at}")
        at = m.end()
        kind = m.lastgroup
        value = m.group(kind)
        if kind == "name" and value in KEYWORDS:
            kind = value
        elif kind == "op":
            kind = value
        elif kind == "number":
            value = float(value) if "." in value else int(value)
        elif kind == "string":
            value = value[1:-1]
        yield kind, value
    yield "end", None


@dataclass
class Literal:
    value: object

    def eval(self, scope):
        return self.value


@dataclass
class Name:
    name: str

    def eval(self, scope):
        return scope.lookup(self.name).values[self.name]


@dataclass
class Binary:
    op: object
    left: object
    right: object

    def eval(self, scope):
        return self.op(self.left.eval(scope), self.right.eval(scope))


@dataclass
class Logical:
    all_of: bool
    left: object
    right: object

    def eval(self, scope):
        left = self.left.eval(scope)
        if bool(left) != self.all_of:
            return left
        return self.right.eval(scope)


@dataclass
class Unary:
    op: object
    operand: object

    def eval(self, scope):
        return self.op(self.operand.eval(scope))


@dataclass
class ListNode:
    items: list

    def eval(self, scope):
        return [item.eval(scope) for item in self.items]


@dataclass
class Index:
    base: object
    index: object

    def eval(self, scope):
        return self.base.eval(scope)[self.index.eval(scope)]


@dataclass
class Call:
    callee: object
    args: list

    def eval(self, scope):
        return self.callee.eval(scope)(*[arg.eval(scope) for arg in self.args])


@dataclass
class Assign:
    name: str
    value: object
    fresh: bool

    def eval(self, scope):
        value = self.value.eval(scope)
        target = scope if self.fresh else scope.lookup(self.name)
        target.values[self.name] = value
        return value


@dataclass
class Block:
    body: list

    def eval(self, scope):
        inner = Scope(scope)
        result = None
        for statement in self.body:
            result = statement.eval(inner)
        return result


@dataclass
class If:
    test: object
    then: object
    other: object

    def eval(self, scope):
        if self.test.eval(scope):
            return self.then.eval(scope)
        return self.other.eval(scope) if self.other else None


@dataclass
class While:
    test: object
    body: object

    def eval(self, scope):
        while self.test.eval(scope):
            self.body.eval(scope)


@dataclass
class Return:
    value: object

    def eval(self, scope):
        raise ReturnSignal(self.value.eval(scope))


@dataclass
class Function:
    params: list
    body: Block

    def eval(self, scope):
        def call(*args):
            if len(args) != len(self.params):
                raise TypeError(f"{len(self.params)} arguments expected")
            inner = Scope(scope)
            inner.values.update(zip(self.params, args))
            try:
                return self.body.eval(inner)
            except ReturnSignal as signal:
                return signal.value

        return call


LEVELS = [
    {"==": operator.eq, "!=": operator.ne},
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv, "%": operator.mod},
]


class Parser:
    def __init__(self, text):
        self.tokens = list(tokenize(text))
        self.at = 0

    @property
    def kind(self):
        return self.tokens[self.at][0]

    def advance(self):
        token = self.tokens[self.at]
        self.at += 1
        return token[1]

    def accept(self, kind):
        if self.kind == kind:
            self.at += 1
            return True
        return False

    def expect(self, kind):
        if self.kind != kind:
            raise SyntaxError(f"expected {kind}, not {self.kind}")
        return self.advance()

    def program(self):
        body = []
        while self.kind != "end":
            body.append(self.statement())
        return Block(body)

    def block(self):
        self.expect("{")
        body = []
        while not self.accept("}"):
            body.append(self.statement())
        return Block(body)

    def statement(self):
        if self.accept("let"):
            name = self.expect("name")
            self.expect("=")
            node = Assign(name, self.expression(), True)
        elif self.accept("return"):
            node = Return(self.expression())
        elif self.accept("while"):
            return While(self.expression(), self.block())
        elif self.kind == "if":
            return self.if_statement()
        elif self.kind == "{":
            return self.block()
        else:
            node = self.expression()
        self.expect(";")
        return node

    def if_statement(self):
        self.expect("if")
        test, then, other = self.expression(), self.block(), None
        if self.accept("else"):
            other = self.if_statement() if self.kind == "if" else self.block()
        return If(test, then, other)

    def expression(self):
        left = self.logical()
        if isinstance(left, Name) and self.accept("="):
            return Assign(left.name, self.expression(), False)
        return left

    def logical(self):
        left = self.binary(0)
        while self.kind in ("&&", "||"):
            left = Logical(self.advance() == "&&", left, self.binary(0))
        return left

    def binary(self, level):
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.kind in LEVELS[level]:
            left = Binary(LEVELS[level][self.advance()], left, self.binary(level + 1))
        return left

    def unary(self):
        if self.accept("-"):
            return Unary(operator.neg, self.unary())
        if self.accept("!"):
            return Unary(operator.not_, self.unary())
        node = self.primary()
        while self.kind in ("(", "["):
            if self.accept("("):
                node = Call(node, self.items(")"))
            else:
                self.advance()
                node = Index(node, self.expression())
                self.expect("]")
        return node

    def items(self, end):
        items = []
        while not self.accept(end):
            items.append(self.expression())
            if self.kind != end:
                self.expect(",")
        return items

    def primary(self):
        kind = self.kind
        value = self.advance()
        if kind in ("number", "string"):
            return Literal(value)
        if kind == "name":
            return Name(value)
        if kind in ("true", "false", "nil"):
            return Literal({"true": True, "false": False, "nil": None}[kind])
        if kind == "(":
            node = self.expression()
            self.expect(")")
            return node
        if kind == "[":
            return ListNode(self.items("]"))
        if kind == "fn":
            self.expect("(")
            params = [p.name for p in self.items(")")]
            return Function(params, self.block())
        raise SyntaxError(f"unexpected {kind}")


PROGRAM = """
let fib = fn(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); };
let counter = fn() { let n = 0; return fn(by) { n = n + by; return n; }; };
let map = fn(f, list) { let out = []; let i = 0; while i < len(list) { out = out + [f(list[i])]; i = i + 1; } return out; };
let primes = fn(limit) {
  let found = []; let n = 2;
  while n < limit {
    let i = 0; let prime = true;
    while i < len(found) && found[i] * found[i] <= n { if n % found[i] == 0 { prime = false; } i = i + 1; }
    if prime { found = found + [n]; }
    n = n + 1;
  }
  return found;
};
let c = counter();
c(2); c(3);
let squares = map(fn(x) { return x * x; }, [1, 2, 3, 4, 5]);
let text = "total: ";
if fib(12) == 144 && !(len(squares) != 5) { text = text + str(c(10)); } else { text = "wrong"; }
print(text); print(squares[4] + len(primes(120))); print(-2.5 * 4 / (1 + 1));
"""


def run(n):
    out = []
    for _ in range(n):
        scope = Scope()
        scope.values.update(len=len, str=str, print=out.append)
        Parser(PROGRAM).program().eval(scope)
    return f"{out[-3:]} {len(out)}"
