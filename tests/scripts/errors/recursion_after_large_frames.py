"""Small frames are counted as before after large ones have returned."""

import sys
def depth():
    k = 0
    def r():
        nonlocal k
        k += 1
        r()
    try: r()
    except RecursionError: pass
    return k
names = ['v%d' % i for i in range(300)]
ns = {}
exec("def big(n):\n " + '\n '.join(f'{v} = n' for v in names) + "\n if n: big(n - 1)\n", ns)
print(990<depth()<1001)
ns['big'](900)
try: raise KeyError
except KeyError: pass
print(990<depth()<1001)
