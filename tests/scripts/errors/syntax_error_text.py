# The full text of syntax errors, as printed by the traceback module.
import traceback

for src in ["x = (1,\ny = 2", "def f(:\n  pass", "if x\n  y", "a b", "'unterminated", "x = 5 +", "for i in", "print 'x'", "return 5", "f(a b)", "  indented", "if x:\npass", "class A\n  pass", "1 = x", "x = [1, 2\ny = 3", "f'{x", "def f():\n\treturn 1\n        return 2", "é = = 1", "日本 語", "lambda x=: 1", "a = b = = c", "import", "from x import", "try:\n  pass", "with open('x') as", "{'a': 1, 'b'}", "x = {1: }", "@", "del f()", "None = 5", "f() += 1", "async x", "yield", "*x = 1", "x = yield = 1"]:
    try:
        compile(src, "<src>", "exec")
    except SyntaxError as e:
        print("".join(traceback.format_exception_only(e)), end="")
    else:
        print("fine:", src)
