"""`protopython.memory()` tells where the memory is."""
import gc
import threading
import protopython

before = protopython.memory()
print(sorted(before))
mine = threading.get_ident()
print(list(before['local']) == [mine], before['shared'] < before['live'])
big = [(i,) for i in range(100_000)]
after = protopython.memory()
print(6_000_000 < after['live'] - before['live'] < 12_000_000)
print(after['held'] >= after['live'], after['local'][mine] + after['shared'] == after['live'], after['resident'] > after['live'] // 2)

arrived, leave = threading.Event(), threading.Event()


def body():
    own = [[i] for i in range(50_000)]
    arrived.set()
    leave.wait()


t = threading.Thread(target=body)
t.start()
arrived.wait()
both = protopython.memory()
print(set(both['local']) == {mine, t.ident}, both['local'][t.ident] > 50_000 * 64, both['shared'] > 0)
leave.set()
t.join()
del big
gc.collect()
gc.collect()
end = protopython.memory()
print(list(end['local']) == [mine], end['live'] < both['live'] - 6_000_000)
for kind, counts in end['pauses'].items():
    ends = [e for e, n in counts]
    print(kind, ends == sorted(set(ends)), all(n > 0 for e, n in counts))
