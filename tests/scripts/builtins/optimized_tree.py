"""`compile()` with `PyCF_OPTIMIZED_AST` of a text and of a tree, and what parsing a tree warns of."""
import ast
import warnings

for level in -1, 0, 1, 2:
    for source in "a * __debug__", ast.parse("a * __debug__"):
        tree = compile(source, "name", "exec", flags=ast.PyCF_OPTIMIZED_AST, optimize=level)
        print(level, ast.dump(tree), tree is source, tree.body[0].value.right.col_offset)
        if source.__class__ is not str:
            print(ast.dump(source))
print(ast.dump(ast.parse("__debug__")))

for source in r'f"{x:\ }"', r'"\ "', r'b"\d"', "1if x else 2", r'f"{x:\n}"', r'r"\ "':
    for parse in ast.parse, ast.literal_eval, lambda text: compile(text, "name", "eval"):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                parse(source)
            except ValueError:
                pass
        print(source, [(str(w.message).partition(".")[0], w.filename, w.lineno) for w in told])
