# Every name in builtins, with its type.
import builtins

skip = {"copyright", "credits", "license", "exit", "quit", "help", "_"}
later = {"frozendict"}  # CPython has it from 3.15 on
for n in sorted(vars(builtins)):
    if n not in skip | later and not n.startswith("__"):
        print(n, type(getattr(builtins, n)).__name__)
print(sorted(n for n in vars(builtins) if n.startswith("__")))
print(all(hasattr(builtins, n) for n in skip - {"_"}))
