"""The line that a SyntaxError shows ends as the source does: only modules get the end of their last line added."""

SOURCES = ("2 +* 2", "2 +* 2\n", "f(", "f(\n", "f(\nx", "[1,\n(", "x\\y", "x\\y\nb", "(]", "x = 1\n(]", "1 2", "é = 1 2", "  x", "'abc",
           "print 1", "f'{a b}'", "$", "x = 5 5 # c", "1a", "\ty\n  z")
for mode in ("exec", "eval", "single"):
    for source in SOURCES:
        if mode == "single" and source.startswith("x = 1\n"):
            continue
        try:
            compile(source, "<text>", mode)
        except SyntaxError as e:
            print(mode, repr(source), e.lineno, repr(e.text))
