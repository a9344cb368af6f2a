# A small Lisp: parsing, environments, closures, tail loops, macros of the host language.
import operator as op


class Symbol(str):
    pass


class Env(dict):
    def __init__(self, names=(), args=(), outer=None):
        super().__init__(zip(names, args))
        self.outer = outer

    def find(self, name):
        env = self
        while env is not None:
            if name in env:
                return env
            env = env.outer
        raise NameError(f"unbound {name}")


class Procedure:
    def __init__(self, params, body, env):
        self.params, self.body, self.env = params, body, env

    def __call__(self, *args):
        if len(args) != len(self.params):
            raise TypeError(f"wanted {len(self.params)} arguments, got {len(args)}")
        return evaluate(self.body, Env(self.params, args, self.env))

    def __repr__(self):
        return f"<procedure ({' '.join(self.params)})>"


def tokenize(text):
    return text.replace("(", " ( ").replace(")", " ) ").split()


def read(tokens):
    if not tokens:
        raise SyntaxError("unexpected end")
    token = tokens.pop(0)
    if token == "(":
        out = []
        while tokens and tokens[0] != ")":
            out.append(read(tokens))
        if not tokens:
            raise SyntaxError("missing )")
        tokens.pop(0)
        return out
    if token == ")":
        raise SyntaxError("unexpected )")
    for kind in (int, float):
        try:
            return kind(token)
        except ValueError:
            pass
    return {"#t": True, "#f": False}.get(token, Symbol(token))


def evaluate(x, env):
    while True:
        if isinstance(x, Symbol):
            return env.find(x)[x]
        if not isinstance(x, list):
            return x
        match x:
            case ["quote", value]:
                return value
            case ["if", test, yes, *no]:
                x = yes if evaluate(test, env) is not False else (no[0] if no else None)
            case ["define", [name, *params], *body]:
                env[name] = Procedure(params, ["begin", *body], env)
                return None
            case ["define", name, value]:
                env[name] = evaluate(value, env)
                return None
            case ["set!", name, value]:
                env.find(name)[name] = evaluate(value, env)
                return None
            case ["lambda", params, *body]:
                return Procedure(params, ["begin", *body], env)
            case ["let", bindings, *body]:
                env = Env([n for n, _ in bindings], [evaluate(v, env) for _, v in bindings], env)
                x = ["begin", *body]
            case ["begin", *body]:
                for part in body[:-1]:
                    evaluate(part, env)
                x = body[-1]
            case [f, *args]:
                proc = evaluate(f, env)
                values = [evaluate(a, env) for a in args]
                if isinstance(proc, Procedure) and len(values) == len(proc.params):
                    x, env = proc.body, Env(proc.params, values, proc.env)
                else:
                    return proc(*values)
            case []:
                return None


def show(v):
    if isinstance(v, list):
        return "(" + " ".join(map(show, v)) + ")"
    return {True: "#t", False: "#f"}.get(v, str(v)) if isinstance(v, bool) else str(v)


GLOBAL = Env()
GLOBAL.update({"+": lambda *a: sum(a), "-": op.sub, "*": op.mul, "/": op.truediv, "<": op.lt, ">": op.gt, "=": op.eq, "<=": op.le, "car": lambda l: l[0], "cdr": lambda l: l[1:], "cons": lambda a, b: [a] + b, "list": lambda *a: list(a), "null?": lambda l: l == [], "length": len, "not": lambda v: v is False, "mod": op.mod, "abs": abs, "max": max})
PROGRAM = """
(define (fact n) (if (<= n 1) 1 (* n (fact (- n 1)))))
(fact 20)
(define (loop i acc) (if (= i 0) acc (loop (- i 1) (+ acc i))))
(loop 20000 0)
(define (map f l) (if (null? l) (quote ()) (cons (f (car l)) (map f (cdr l)))))
(map (lambda (x) (* x x)) (list 1 2 3 4))
(define (make-counter) (let ((n 0)) (lambda () (begin (set! n (+ n 1)) n))))
(define c (make-counter))
(c)
(c)
(define (compose f g) (lambda (x) (f (g x))))
((compose fact abs) -5)
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(map fib (list 1 5 10 15))
(let ((x 2) (y 3)) (* x y))
(if (null? (list)) (quote yes) (quote no))
(quote (a (b c) 1.5 #t))
c
(undefined 1)
(fact)
(car 5)
(1 2
)
(define (even n) (if (= n 0) #t (odd (- n 1))))
(define (odd n) (if (= n 0) #f (even (- n 1))))
(even 10001)
"""
for line in PROGRAM.strip().splitlines():
    try:
        result = evaluate(read(tokenize(line)), GLOBAL)
        if result is not None:
            print(line, "=>", show(result))
    except Exception as e:
        print(line, "!!", type(e).__name__, e)
