# Trees with comments that say types, of older versions, of functions' types.
import ast

SOURCES = [
    "def foo():\n    # type: () -> int\n    pass\n\ndef bar():  # type: () -> None\n    pass\n",
    "async def foo():  #type:() -> int\n    return await bar()\n",
    "for a in []:  # type: int\n    pass\n",
    "async def f():\n    async for a in b:  # type: int\n        pass\n    async with c as d:  # type: str\n        pass\n",
    "with context() as a:  # type: int\n    pass\nwith (a as b):  # type: int\n    pass\nwith (a, b):  # type: int\n    pass\n",
    "a = 0  # type: int\nb = c = 1  #   type:   List[int]\nd = (\n  1)  # type: x\n",
    "x = 1; y = 2  # type: int\n",
    "def f(\n    a,  # type: A\n    b=1,  # type: B\n    /,\n    *,\n    c,  # type: C\n    d=2  # type: D\n):\n    # type: (...) -> int\n    pass\n",
    "def f(a, # type: A\n      *v, # type: V\n      **k  # type: K\n      ):\n    pass\n",
    "import this # type: ignore\na = 1 # type: ignore[excuse]\nb = 2 # type: ignore=excuse\n# type: ignore whatever\n",
    "a = 1 # type: ignored\n",
    "pass  # type: int\n",
    "foo()  # type: int\n",
    "x += 1  # type: int\n",
    "while True:  # type: int\n  continue\n",
    "try:  # type: int\n  pass\nfinally:\n  pass\n",
    "pass  # type: ignorewhatever\n",
    "pass  # type: ignoreé\n",
    "def foo():  # type: () -> int\n    # type: () -> str\n    return ''\n",
    "def f(\n    *, # type: int\n    a, # type: int\n):\n    pass\n",
    "x = [  # type: int\n 1]\n",
]
for source in SOURCES:
    ast.parse(source)
    try:
        tree = ast.parse(source, type_comments=True)
    except SyntaxError as e:
        print(repr(source), e.msg, e.lineno)
        continue
    print(repr(source))
    for node in ast.walk(tree):
        if getattr(node, "type_comment", None) is not None:
            name = getattr(node, "name", getattr(node, "arg", ""))
            print("   ", type(node).__name__, name, repr(node.type_comment))
    print("   ", [(i.lineno, i.tag) for i in tree.type_ignores])

VERSIONS = {
    5: ["a = b @ c", "a @= b", "async def f(): pass", "async def f():\n await x",
        "async def f():\n async for x in y: pass", "async def f():\n async with x: pass"],
    6: ["x: int", "x: int = 1", "(x): int", "async def f():\n [x async for x in y]", "1_0"],
    8: ["def f(a,/): pass", "(x:=1)", "lambda a,/: 1", "def f(a=1,/):pass"],
    10: ["match x:\n case 1: pass"],
    11: ["try: pass\nexcept* E: pass"],
    12: ["type X = int", "class A[T]: pass", "def f[T](): pass"],
    13: ["class A[T=int]: pass"],
    14: ["t'x'", "try: pass\nexcept A, B: pass", "try: pass\nexcept* A, B: pass"],
}
for version, sources in VERSIONS.items():
    for source in sources:
        ast.parse(source, feature_version=version)
        try:
            ast.parse(source, feature_version=version - 1)
        except SyntaxError as e:
            print(repr(source), e.msg, e.lineno, e.offset)
ast.parse("with (a as b): pass\nf'{x=}'\na[*b]", feature_version=(3, 3))

TYPES = ["() -> int", "(int) -> List[str]", "(int, *str, **Any) -> float", "(*int) -> None", "(**int) -> None",
         "(*int, **str) -> None", "(a[b, c], (d, e),\n f) -> (g\n | h)", "(int, *str, *Any) -> float",
         "(int, **str, Any) -> float", "(**int, **str) -> None", "int -> x", "(a) -> ", ""]
for source in TYPES:
    try:
        print(ast.dump(ast.parse(source, "<unknown>", "func_type"), include_attributes="\n" in source))
    except SyntaxError as e:
        print(repr(source), "SyntaxError")

for optimize in (0, 1, 2):
    tree = compile("a*__debug__", "f.py", "exec", flags=ast.PyCF_OPTIMIZED_AST, optimize=optimize)
    print(ast.dump(tree))
