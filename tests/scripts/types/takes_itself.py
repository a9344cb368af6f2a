"""What takes itself as its argument takes what it was, and ends."""
import array, collections, io, itertools
from collections import deque, OrderedDict, Counter, ChainMap, UserList, defaultdict

class L(list): pass
class D(deque): pass
class A(array.array): pass
class B(bytearray): pass
class S(set): pass
class M(dict): pass
class O(OrderedDict): pass

def show(name, f):
    try: print(name, f())
    except Exception as e: print(name, type(e).__name__, e)

def run(body):
    def f():
        x = {}
        exec(body, globals(), x)
        return x['x'] if not isinstance(x['x'], deque) else list(x['x'])
    show(body, f)

for make in ('L([1,2,3])', '[1,2,3]', 'D([1,2,3])', 'deque([1,2,3])', 'deque([1,2,3],4)', 'A("i",[1,2,3])', 'array.array("i",[1,2,3])', 'B(b"abc")', 'bytearray(b"abc")', 'UserList([1,2,3])'):
    # CPython refuses to resize a bytearray while it reads it; here it is read first.
    own = make in ('B(b"abc")', 'bytearray(b"abc")')
    for do in ('x.extend(x)', 'x += x' if not own else 'x += bytes(x)', 'x.extendleft(x)', 'x[:] = x', 'x[1:1] = x', 'x[::-1] = x', 'x *= 2', 'x.__init__(x)' if not own else 'x.clear()', 'x[len(x):] = x', 'x.__iadd__(x)' if not own else 'x.pop()', 'x.insert(1, x[0])', 'x = x + x', 'x.extend(reversed(x))' if 'deque' not in make and 'D(' not in make else 'x.rotate(1)',
               'x.extend(memoryview(x))' if 'array' in make or 'B(' in make else 'x.extend(list(x))', 'x.fromlist(list(x))'):
        run(f'x = {make}; {do}')
for make in ('S([1,2])', '{1,2}', 'frozenset([1,2])'):
    for do in ('x.update(x)', 'x |= x', 'x &= x', 'x -= x', 'x ^= x', 'x.difference_update(x)', 'x.symmetric_difference_update(x)', 'x.intersection_update(x)', 'x.__init__(x)', 'x = x.union(x, x)', 'x.update(x, x)'):
        run(f'x = {make}; {do}')
for make in ('M(a=1)', '{"a":1}', 'O(a=1)', 'OrderedDict(a=1)', 'Counter("aab")', 'defaultdict(int, a=1)'):
    for do in ('x.update(x)', 'x |= x', 'x.__init__(x)' if 'default' not in make else 'x.copy()', 'x.update(x.items())', 'x.update(x.copy())', 'x = x | x', 'x.update(zip(x, x))'):
        run(f'x = {make}; {do}')
run('import io; x = io.BytesIO(b"ab"); x.seek(2); x.write(x.getbuffer())')
run('import io; x = io.BytesIO(b"ab"); x.writelines([x.getvalue()] * 2); x = x.getvalue()')
run('x = L([1]); x.extend(y for y in list(x))')
run('x = L([1, 2]); x[1:] = iter(list(x))')
