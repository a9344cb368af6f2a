"""Whatever gc.get_objects gives can be looked at, compared and asked for its class; its own result is not in it."""

import gc
import sys


class Held:
    pass


held = [Held()]
objects = gc.get_objects()
print(any(o is held for o in objects), any(o is objects for o in objects))
print(all(isinstance(type(o), type) for o in objects))
# Lists and tuples give their items, all of them objects.
print(all(isinstance(type(item), type) for o in objects if type(o) in (list, tuple) for item in list(o)))
print(sum(sys in o for o in objects if type(o) is list) >= 0)
print(len([o for o in objects if isinstance(o, Held)]))
print(any(r is held for r in gc.get_referrers(held[0])))
