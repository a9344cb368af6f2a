"""Native objects wrapped in each other more often than the native stack allows: an error, and the program goes on."""
import ast
import gc
import itertools
import json
import types

N = 100_000


def show(name, x, *operations):
    seen = []
    for operation in operations:
        try:
            operation(x)
            seen.append("done")
        except RecursionError:
            seen.append("RecursionError")
        except (TypeError, StopIteration) as e:
            seen.append(type(e).__name__)
    print(name, *seen)


def chain(wrap, x):
    for _ in range(N):
        x = wrap(x)
    return x


show("enumerate", chain(enumerate, iter([1])), next, list)
show("zip", chain(zip, iter([1])), next)
show("map", chain(lambda x: map(abs, x), iter([1])), next)
show("filter", chain(lambda x: filter(None, x), iter([0])), list)
show("chain", chain(itertools.chain, iter([1])), next)
show("islice", chain(lambda x: itertools.islice(x, 5), iter([1])), next)
show("mappingproxy", chain(types.MappingProxyType, {}), len, lambda x: x.keys(), lambda x: x["a"])
show("property", chain(property, len), lambda x: x.__isabstractmethod__)
show("staticmethod", chain(staticmethod, len), lambda x: x(()), lambda x: x.__isabstractmethod__)
show("alias", chain(lambda x: types.GenericAlias(x, (int,)), list), repr, lambda x: x == chain(lambda y: types.GenericAlias(y, (int,)), list))
show("json", chain(lambda x: {"a": x}, []), json.dumps)
gc.collect()

for text in ("f'{" * N + "1" + "}'" * N, "f'{x:" + "{x:" * N + "}" * N + "}'", "f\"{" * 160, "(" * N, "[x for x in " * N + "x" + "]" * N, "{1:" * N + "1" + "}" * N):
    for compile_ in (lambda: compile(text, "f", "eval"), lambda: ast.parse(text), lambda: compile("a = " + text, "f", "exec")):
        try:
            compile_()
        except (SyntaxError, RecursionError, MemoryError):
            print(text[:10], "refused")
print("alive")
