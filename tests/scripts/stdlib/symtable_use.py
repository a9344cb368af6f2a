# The compiler's tables of symbols.
import symtable

source = """
import os as system
x: int = 1


def f(p, *q, r=2, **s):
    global g
    loc = [i for i in p if x]

    def inner():
        nonlocal loc
        return loc, p

    return lambda z: z + p


class C[T](Base):
    a = 1

    def m(self):
        return super().m(self.a)


type A[U: int] = list[U]
"""
top = symtable.symtable(source, "made.py", "exec")
print(top.get_type(), top.get_name(), top.get_lineno(), top.is_nested())
print(sorted(n for n in top.get_identifiers() if not n.startswith("__")))
for name in ("system", "x", "f", "C", "g"):
    s = top.lookup(name)
    print(name, s.is_imported(), s.is_global(), s.is_assigned(), s.is_referenced(), s.is_namespace(), s.is_annotated())
f = top.lookup("f").get_namespace()
print(f.get_type(), f.get_parameters(), sorted(f.get_locals()), sorted(f.get_globals()), f.get_frees(), sorted(f.get_nonlocals()))
inner = f.lookup("inner").get_namespace()
print(inner.is_nested(), sorted(inner.get_frees()), inner.get_nonlocals(), inner.lookup("loc").is_nonlocal())
print([c.get_name() for c in f.get_children() if c.get_type() == "function"])
generic = [c for c in top.get_children() if c.get_name() == "C"][0]
print(generic.get_type(), [c.get_type() for c in generic.get_children()], generic.lookup("T").is_type_parameter())
c = generic.get_children()[0]
print(sorted(c.get_identifiers()), [k.get_name() for k in c.get_children() if k.get_type() == "function"])
alias = [c for c in top.get_children() if c.get_name() == "A"][0]
print(alias.get_type(), [(c.get_type(), c.get_name()) for c in alias.get_children()])
for bad in [("x +", "f", "exec"), ("x", "f", "what"), ("x\0", "f", "exec")]:
    try:
        symtable.symtable(*bad)
    except (SyntaxError, ValueError) as e:
        print(type(e).__name__, e)
