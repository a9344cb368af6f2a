# Built-in types whose constructors say what they take.
import inspect

for kind in map, enumerate:
    print(kind.__name__, kind.__text_signature__, inspect.signature(kind))
print([p.kind.name for p in inspect.signature(map).parameters.values()])
