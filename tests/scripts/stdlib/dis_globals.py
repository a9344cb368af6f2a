# The name of a global stands in the last parentheses of its line in a listing, where dill's detect module looks for it.
import contextlib
import dis
import io


def uses(x):
    global kept
    kept = sin(x)
    del gone
    return kept + other.attribute


def names(code):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        dis.dis(code)
    found = set()
    for line in out.getvalue().splitlines():
        if '_GLOBAL' in line:
            name = line.split('(')[-1].split(')')[0]
            found.add(name.replace('NULL + ', '').replace(' + NULL', ''))
    return sorted(found)


print(names(uses.__code__))
print([i.argval for i in dis.get_instructions(uses) if i.opname == 'STORE_GLOBAL'])
