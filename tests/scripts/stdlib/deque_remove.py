# remove takes an item out of either half of a ring that begins anywhere.
from collections import deque
import random
random.seed(1)
for maxlen in (None, 13):
    for _ in range(2000):
        n=random.randrange(1,14); d=deque(range(n),maxlen); r=random.randrange(-20,20); d.rotate(r)
        for _ in range(random.randrange(4)): d.append(random.randrange(30)); d.popleft() if random.random()<.5 and d else None
        l=list(d)
        if not l: continue
        x=random.choice(l); d.remove(x); l.remove(x); assert list(d)==l,(d,l)
        d.append(99); d.appendleft(98)
print('ok')


class Changes:
    def __init__(self, d):
        self.d = d

    def __eq__(self, other):
        self.d.clear()
        return True


d = deque([1, 2])
d.append(Changes(d))
for wanted in (3, 1):
    try:
        d.remove(wanted)
    except (IndexError, ValueError) as e:
        print(type(e).__name__, e)
    print(list(d))
