# The debugger stops at lines and at the implicit return; sys.monitoring tells tools what runs.
import io
import pdb
import sys

m, E = sys.monitoring, sys.monitoring.events
log = []


def f(x):
    y = x + 1
    return y


def g():
    return f(1) + f(2)


m.use_tool_id(1, "tool")
first = f.__code__.co_firstlineno
m.register_callback(1, E.PY_START, lambda code, offset: log.append(("start", code.co_name)))
m.register_callback(1, E.LINE, lambda code, line: log.append(("line", code.co_name, line - first)))
m.register_callback(1, E.PY_RETURN, lambda code, offset, v: log.append(("return", code.co_name, v)))
m.set_events(1, E.PY_START | E.PY_RETURN)
m.set_local_events(1, f.__code__, E.LINE)
g()
m.set_events(1, 0)
m.clear_tool_id(1)
m.free_tool_id(1)
f(3)
print([entry for entry in log if entry[1] in ("f", "g")], sys.gettrace())

for backend in ("settrace", "monitoring"):
    out = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO("n\np a\nn\nn\nn\nc\n"), stdout=out, nosigint=True, readrc=False, backend=backend)
    debugger.use_rawinput = False
    debugger.run(compile("a = 1\nb = 2\nc = a + b\n", "<made>", "exec"), {})
    print(backend, out.getvalue().splitlines())
