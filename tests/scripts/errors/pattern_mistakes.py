# Patterns that cannot be, and names that nothing may have.
SOURCES = [
    "match x:\n  case {0: 1, -0: 2}: pass", "match x:\n case {'a': 1, 'a': 2}: pass", "match x:\n case {1: _, True: _}: pass",
    "match x:\n case {0: _, 0.0: _}: pass", "match x:\n case {0: _, False: _}: pass", "match x:\n case {0j: _, 0: _}: pass",
    "match x:\n case {-0.0: _, 0: _}: pass", "match x:\n case {-1-0j: _, -1: _}: pass", "match x:\n case {1.5: _, 1.5: _}: pass",
    "match x:\n case {9007199254740993: _, 9007199254740992.0: _}: pass", "match x:\n case {a.b: _, a.b: _}: pass",
    "match x:\n case {None: _, None: _}: pass", "match x:\n case {b'a': _, 'a': _}: pass",
    "match ...:\n case 0 ** 0:\n  pass", "match ...:\n case f'':\n  pass", "match ...:\n case f'{x}':\n  pass",
    "match ...:\n case t'':\n  pass", "match ...:\n case 'a' f'b': pass",
    "match x:\n  case Foo(a, __debug__=1, b=2):\n   pass", "class A[__debug__]: pass", "def f[__debug__](): pass",
    "type __debug__ = 1", "type A[__debug__] = 1", "type A[*__debug__] = 1", "match x:\n case __debug__: pass",
    "match x:\n case [*__debug__]: pass", "match x:\n case {**__debug__}: pass", "match x:\n case 1 as __debug__: pass",
    "match x:\n case [a, *a]: pass", "match x:\n case A(b=1, b=2): pass",
    "type T = [await x for x in y]", "def f[T=[await x for x in y]](): pass", "def f[T: [await x for x in y]](): pass",
    "async def f(x: [await y for y in z]): pass", "type T = [x async for x in y]", "type T = await x",
    "async def f():\n type T = [x async for x in y]", "class A[T: (yield)]: pass", "type T = [(yield) for x in y]",
]
for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as e:
        print(repr(source), e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)
    else:
        print(repr(source), "is right")
