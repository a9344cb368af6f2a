# Words that were meant to be keywords: the tracebacks propose them.
import traceback

SOURCES = [
    "fur a in b:\n  pass\n",
    "for a in b:\n  pass\nelso:\n  pass\n",
    "whille True:\n  pass\n",
    "iff x > 5:\n  pass\n",
    "if x:\n  pass\nelseif y:\n  pass\n",
    "tyo:\n  pass\nexcept y:\n  pass\n",
    "classe MyClass:\n  pass\n",
    "impor math\n",
    "form x import y\n",
    "defn calculate_sum(a, b):\n  return a + b\n",
    "def foo():\n  returm result\n",
    "lamda x: x ** 2\n",
    "def foo():\n  yeld i\n",
    "asynch def fetch_data():\n  pass\n",
    "[\nx for x\nin range(3)\nof x\n]\n",
    "[\n123 fur x\nin range(3)\nif x\n]\n",
    "for x im n:\n    pass\n",
    "with block ad something:\n  pass\n",
    "x = 1\ny = 2; z = 3\nfur a in b:\n  pass\n",
    "def f():\n  a = 1\n  if x:\n    pass\n  returm z\n",
    "@a\ndef f():\n  pass\n@b\nclass C: pass\nfoo bar\n",
]
for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as e:
        print(repr(source), e._metadata)
        print("".join(traceback.format_exception_only(e)))
for source, mode in [("a b", "eval"), ("a b", "single"), ("x\nreturn", "exec"), ("def f(a, a): pass", "exec")]:
    try:
        compile(source, "<source>", mode)
    except SyntaxError as e:
        print(mode, e.msg, e._metadata)
