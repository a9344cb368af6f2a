# An uncaught SyntaxError raised at run time.
code = "x = 1\ny = (2 +\nz = 3\n"
print("compiling")
exec(compile(code, "generated.py", "exec"))
