"""Trees with the comments `# type: ignore` compile again."""

import ast

tree = ast.parse("a = 1  # type: ignore[x]", type_comments=True)
exec(compile(tree, "x", "exec"))
print(a)
for tag in "", "x", None, 5, b"x":
    tree.type_ignores = [ast.TypeIgnore(lineno=1, tag=tag)]
    try:
        compile(tree, "x", "exec")
        print("ok")
    except Exception as e:
        print(type(e).__name__, e)
