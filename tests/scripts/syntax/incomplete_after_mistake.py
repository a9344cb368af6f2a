"""An open bracket asks for more input only where nothing is wrong before the end."""
import codeop

for code in (
    "print(1\nif 2:\n", "f(a b\n", "f(a b\n\n", "[1,\n2 3\n", "x = (1 +\n", "x = (1 + )+(\n", "f(a\nif x:\n  pass\n",
    "f(1, 2 x\n", "f(1, 2\n", "{1: 2,\n", "f(lambda x:\n", "def f(a, b\n", "if True:\n    not('Hello'\n\nif 2:\n", "'''text\n", "[a for\n",
):
    for symbol in ("exec", "single"):
        try:
            print(repr(code), symbol, codeop.compile_command(code, symbol=symbol) is None)
        except SyntaxError as e:
            print(repr(code), symbol, e.msg, e.lineno, e.offset)
