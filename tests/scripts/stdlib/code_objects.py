# Code objects: taken apart and put together, told apart, and what frames and tracebacks say of their place in them.
import dis
import marshal
import sys
import types


def outer(a, b=2, /, c=3, *args, d, **kwargs):
    """Text."""
    total = 0

    def inner(x):
        nonlocal total
        total += x + a
        return [total for _ in range(x) if b]

    try:
        for i in range(c):
            inner(i)
    except ValueError as e:
        raise TypeError from e
    return total, args, d, kwargs, inner


def gen(n):
    while n:
        got = yield n
        n -= 1 if got is None else got


async def coro():
    async with thing() as t:
        return [x async for x in t]


class C:
    def method(self):
        return super().__repr__(), __class__


def many():
    a0 = 1
    exec("pass")
    return (lambda: a0), {k: v for k, v in zip("ab", (1.5, 2j))}, b"x", 10**40, ..., "é"[1:2], 3 in {1, 2}


CODES = [f.__code__ for f in (outer, gen, coro, C.method, many)]
CODES += [compile("x = 1\nfor x in (1, 2): print(x)\n", "<text>", "exec"), compile("a + b", "<e>", "eval")]
CODES += [c for code in CODES for c in code.co_consts if isinstance(c, types.CodeType)]
FIELDS = (
    "argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name qualname "
    "firstlineno linetable exceptiontable freevars cellvars"
).split()


def rebuilt(code):
    return types.CodeType(*(getattr(code, "co_" + field) for field in FIELDS))


for code in CODES:
    again = [rebuilt(code), code.replace(), marshal.loads(marshal.dumps(code))]
    again.append(code.replace(**{"co_" + field: getattr(code, "co_" + field) for field in FIELDS}))
    for other in again:
        assert other == code and hash(other) == hash(code), code
        for field in FIELDS:
            assert getattr(other, "co_" + field) == getattr(code, "co_" + field), (code, field)
        assert list(other.co_lines()) == list(code.co_lines())
        assert list(other.co_positions()) == list(code.co_positions())
    print(code.co_name, code.co_qualname, code.co_varnames[: code.co_argcount], code.co_freevars, code.co_cellvars)

# What was put together runs.
f = types.FunctionType(rebuilt(outer.__code__), globals(), "f", outer.__defaults__)
print(f(1, 2, 4, 5, d=6, e=7)[:4], f.__doc__)
print(list(types.FunctionType(marshal.loads(marshal.dumps(gen.__code__)), {})(3)))
cell = types.CellType(41)
g = types.FunctionType(rebuilt(many.__code__.co_consts[many.__code__.co_consts.index(many()[0].__code__)]), {}, closure=(cell,))
print(g(), g.__closure__ == (cell,))

# Different code is not equal, and seldom has the same hash.
code = outer.__code__
for change in (
    {"co_name": "other"},
    {"co_argcount": 2, "co_posonlyargcount": 1, "co_kwonlyargcount": 2},
    {"co_firstlineno": 1},
    {"co_consts": tuple(-1 if c == 0 else c for c in code.co_consts) + (5,)},
    {"co_names": tuple(n + "_" for n in code.co_names)},
    {"co_varnames": tuple(n + "_" for n in code.co_varnames)},
    {"co_linetable": b""},
    {"co_exceptiontable": b""},
    {"co_flags": code.co_flags | 0x1000000},
):
    other = code.replace(**change)
    print(*change, other == code, other != code, hash(other) == hash(code) and "co_linetable" not in change and "co_exceptiontable" not in change)
print(list(code.replace(co_linetable=b"").co_lines()))
MARKED = {2, 4, 10, 11, 12, 13, 14}
print(sorted(MARKED & {n - code.co_firstlineno for *_, n in code.co_lines() if n}))
moved = code.replace(co_firstlineno=1000)
print(sorted(MARKED & {n - 1000 for *_, n in moved.co_lines() if n}))

for wrong in (
    {"co_nlocals": code.co_nlocals + 1},
    {"co_varnames": code.co_varnames[:1]},
    {"co_name": 1},
    {"co_code": "x"},
    {"nothing": 1},
    {"co_argcount": -1},
):
    try:
        code.replace(**wrong)
        print("replaced", wrong)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e if "co_varnames" not in wrong else "")

# Where a frame is lies in its code's tables.
events = 0


def check(frame):
    code, at = frame.f_code, frame.f_lasti
    lines = [line for start, end, line in code.co_lines() if start <= at < end]
    assert lines == [frame.f_lineno], (code, at, lines, frame.f_lineno)
    position = list(code.co_positions())[at // 2]
    assert position[0] == frame.f_lineno, (position, frame.f_lineno)
    assert any(i.offset == at for i in dis.get_instructions(code)), (code, at)


def trace(frame, event, arg):
    global events
    if frame.f_globals is globals() and event == "line":
        events += 1
        check(frame)
    return trace


sys.settrace(trace)
outer(1, d=2)
list(gen(3))
many()
sys.settrace(None)
print(events > 20)
try:
    outer(1, 2, "three", d=4)
except TypeError as e:
    tb = e.__traceback__
    while tb:
        lines = [line for start, end, line in tb.tb_frame.f_code.co_lines() if start <= tb.tb_lasti < end]
        print(lines == [tb.tb_lineno], tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno if tb.tb_next is None else "")
        tb = tb.tb_next
g = gen(2)
next(g)
check(g.gi_frame)

# The location table is CPython's: no column is lost in it.


def positions(code):
    table, at, line = code.co_linetable, 0, code.co_firstlineno

    def number():
        nonlocal at
        n = shift = 0
        while True:
            byte = table[at]
            at += 1
            n |= (byte & 63) << shift
            shift += 6
            if not byte & 64:
                return n

    while at < len(table):
        head = table[at]
        assert head & 128
        at += 1
        form = head >> 3 & 15
        if form == 15:
            entry = (None,) * 4
        else:
            if form >= 13:
                delta = number()
                line += -(delta >> 1) if delta & 1 else delta >> 1
            elif form >= 10:
                line += form - 10
            if form == 14:
                end, first, last = line + number(), number() - 1, number() - 1
            elif form == 13:
                end, first, last = line, None, None
            elif form >= 10:
                end, first, last = line, table[at], table[at + 1]
                at += 2
            else:
                first = form << 3 | table[at] >> 4
                end, last = line, first + (table[at] & 15)
                at += 1
            entry = (line, end, first, last)
        yield from [entry] * ((head & 7) + 1)


for code in CODES:
    assert list(positions(code)) == list(code.co_positions()), code

# Names are found by way of dis, as picklers and inspect do it.
exec("def user():\n    global stored, gone\n    stored = len(loaded.attribute)\n    del gone\n    return loaded.method(other)\n")
listed = list(dis.get_instructions(user))
for kind in ("LOAD_GLOBAL", "STORE_GLOBAL", "DELETE_GLOBAL"):
    found = [i for i in listed if i.opname == kind]
    print(kind, sorted({i.argval for i in found}), {i.opcode for i in found} == {dis.opmap[kind]})
print([line for _, line in dis.findlinestarts(user.__code__) if line and line > 2])
print(sorted({i.jump_target for i in dis.get_instructions(gen) if i.jump_target is not None}) == dis.findlabels(gen.__code__.co_code) or
      set(dis.findlabels(gen.__code__.co_code)) == {i.offset for i in dis.get_instructions(gen) if i.is_jump_target})
print(list(dis._find_imports(compile("import a.b\nfrom ..c import d, e\n", "<>", "exec"))))
print(sorted(dis._find_store_names(compile("import a\nx = y\ndef f(): pass\n", "<>", "exec"))))
print(all(isinstance(n, int) and len({a, b, n}) == 3 for code in CODES for a, b, n in code.co_branches()))
