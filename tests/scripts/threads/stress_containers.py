# Several threads do random operations on one shared list, dict, set and deque: no crash, sane results.
import random
import threading
from collections import deque

SIZE = 400


def run(*functions):
    errors = []

    def body(f, i):
        try:
            f(random.Random(i))
        except Exception as e:
            errors.append(f"{f.__name__}: {type(e).__name__}: {e}")

    ts = [threading.Thread(target=body, args=(f, i)) for i, f in enumerate(functions)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return errors


shared = list(range(100))
problems = []


def list_ops(rng):
    for _ in range(SIZE):
        match rng.randrange(14):
            case 0:
                shared.append(rng.randrange(1000))
            case 1:
                try:
                    shared.pop()
                except IndexError:
                    pass
            case 2:
                shared.insert(rng.randrange(50), rng.randrange(1000))
            case 3:
                try:
                    shared[rng.randrange(20)] = rng.randrange(1000)
                except IndexError:
                    pass
            case 4:
                problems.extend(x for x in shared if type(x) is not int)
            case 5:
                problems.extend(x for x in shared[:] if type(x) is not int)
            case 6:
                shared.extend([1, 2, 3])
            case 7:
                del shared[:2]
            case 8:
                try:
                    shared.sort()
                except ValueError:
                    pass
            case 9:
                shared.reverse()
            case 10:
                len(shared), 5 in shared, shared.count(3), shared == [1], shared.copy(), list(shared), tuple(shared)
            case 11:
                shared[5:10] = [7] * rng.randrange(10)
            case 12:
                try:
                    shared.remove(rng.randrange(1000))
                except ValueError:
                    pass
            case 13:
                repr(shared), sum(shared), sorted(shared)


print(run(*[list_ops] * 4), problems)
d = {i: str(i) for i in range(100)}


def dict_ops(rng):
    for _ in range(SIZE):
        k = rng.randrange(300)
        match rng.randrange(12):
            case 0:
                d[k] = str(k)
            case 1:
                d.pop(k, None)
            case 2:
                if d.get(k, str(k)) != str(k):
                    problems.append(k)
            case 3:
                for key in list(d):
                    if d.get(key, str(key)) != str(key):
                        problems.append(key)
            case 4:
                d.setdefault(k, str(k))
            case 5:
                d.update({k: str(k), k + 1: str(k + 1)})
            case 6:
                c = d.copy()
                if any(str(a) != b for a, b in c.items()):
                    problems.append("copy")
            case 7:
                try:
                    a, b = d.popitem()
                    if str(a) != b:
                        problems.append("popitem")
                except KeyError:
                    pass
            case 8:
                try:
                    del d[k]
                except KeyError:
                    pass
            case 9:
                k in d, len(d), list(d.items()), list(d.values()), repr(d), d == {}
            case 10:
                try:
                    for a, b in d.items():
                        if str(a) != b:
                            problems.append("iteration")
                except RuntimeError:
                    pass
            case 11:
                if k > 290:
                    d.clear()
                d[k] = str(k)


print(run(*[dict_ops] * 4), problems, all(str(k) == v for k, v in d.items()))
s = set(range(50))


def set_ops(rng):
    for _ in range(SIZE):
        k = rng.randrange(100)
        match rng.randrange(9):
            case 0:
                s.add(k)
            case 1:
                s.discard(k)
            case 2:
                try:
                    s.remove(k)
                except KeyError:
                    pass
            case 3:
                try:
                    s.pop()
                except KeyError:
                    pass
            case 4:
                problems.extend(x for x in list(s) if not 0 <= x < 100)
            case 5:
                s.update(range(k, min(100, k + 5)))
            case 6:
                s.copy() | {1}, s & {2, 3}, s - {4}, s ^ {5}, k in s, len(s), s == {1}
            case 7:
                s.difference_update({k, k + 1})
            case 8:
                sorted(s), frozenset(s), repr(s)


print(run(*[set_ops] * 4), problems, all(0 <= x < 100 for x in s))
q = deque(maxlen=50)


def deque_ops(rng):
    for i in range(SIZE):
        match rng.randrange(7):
            case 0:
                q.append(i)
            case 1:
                q.appendleft(i)
            case 2 | 3:
                try:
                    q.pop() if rng.random() < 0.5 else q.popleft()
                except IndexError:
                    pass
            case 4:
                q.rotate(rng.randrange(5))
            case 5:
                q.extend([1, 2])
            case 6:
                len(q), list(q.copy())


print(run(*[deque_ops] * 4), len(q) <= 50)
b = bytearray(100)


def bytes_ops(rng):
    for _ in range(SIZE):
        match rng.randrange(6):
            case 0:
                b.append(rng.randrange(256))
            case 1:
                try:
                    b.pop()
                except IndexError:
                    pass
            case 2:
                b.extend(b"xyz")
            case 3:
                try:
                    b[rng.randrange(10)] = 65
                except IndexError:
                    pass
            case 4:
                bytes(b), b.find(b"xy"), len(b), b.hex()
            case 5:
                del b[:3]


print(run(*[bytes_ops] * 4), type(b).__name__)
