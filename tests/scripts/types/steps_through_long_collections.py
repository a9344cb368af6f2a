"""What a program moves and finds again and again costs no more the larger the collection is: a quadratic way would take minutes here."""

import collections
import json
import os
import random
import threading

# Debugging modes make everything slow. (And what promote-stress shares is rebuilt to move an entry to its front.)
N = 2_000 if os.environ.get("PROTOPYTHON_DEBUG") else 100_000

# --- an OrderedDict's two ends ---
od = collections.OrderedDict.fromkeys(range(N))
for i in range(N):
    od.move_to_end(i, last=False)
print(next(iter(od)) == N - 1, next(reversed(od)), len(od) == N)
for i in range(N):
    od.move_to_end(i)
    od.move_to_end((i * 7919) % N, last=False)
print(len(od) == N, len(list(od)) == N)


def against_a_list(seed):
    rng = random.Random(seed)
    od, model = collections.OrderedDict(), []
    for step in range(3000):
        what = rng.randrange(8)
        key = rng.randrange(60)
        if what < 2:
            if key not in od:
                model.append(key)
            od[key] = step
        elif what == 2 and key in od:
            od.move_to_end(key)
            model.remove(key)
            model.append(key)
        elif what in (3, 4) and key in od:
            od.move_to_end(key, last=False)
            model.remove(key)
            model.insert(0, key)
        elif what == 5 and od:
            last = rng.random() < 0.5
            assert od.popitem(last)[0] == model.pop(-1 if last else 0)
        elif what == 6 and key in od:
            del od[key]
            model.remove(key)
        elif what == 7 and rng.random() < 0.1:
            od = od.copy()
        assert len(od) == len(model)
        if step % 16 == 0:
            assert list(od) == model and list(reversed(od)) == model[::-1], (seed, step)
            assert all(k in od for k in model)
    return list(od) == model


print(all(against_a_list(seed) for seed in range(30)))

# A queue of keys that threads share: the first goes, another comes.
shared = collections.OrderedDict.fromkeys(range(N))


def turn(first):
    for i in range(N // 2):
        shared.popitem(last=False)
        shared[first + i] = None


threads = [threading.Thread(target=turn, args=(N * (k + 2),)) for k in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(shared) == N, len(list(shared)) == N, min(shared) >= N)

# --- a text that is no ASCII, from hit to hit ---
text = "aé漢\U00010000" * N
hits, at = 0, text.find("漢")
while at >= 0:
    hits, at = hits + 1, text.find("漢", at + 1)
print(hits == N)
hits, at = 0, len(text)
while (at := text.rfind("é", 0, at)) >= 0:
    hits += 1
print(hits == N)
at = -1
for i in range(N):
    at = text.index("\U00010000", at + 1, len(text))
print(at == 4 * N - 1, text.rindex("a", 5, 4 * N - 3) == 4 * N - 4, text.find("漢a", 1, 40), text.find("a", 4 * N))
for seed in range(20):
    rng = random.Random(seed)
    small = "".join(rng.choice("aé漢\U00010000b") for _ in range(rng.choice((10, 300, 2000))))
    chars = list(small)
    for _ in range(50):
        a, b = rng.randrange(len(small)), rng.randrange(len(small) + 1)
        c = rng.choice("aé漢\U00010000b")
        found = [i for i in range(a, b) if chars[i] == c]
        assert small.find(c, a, b) == (found[0] if found else -1), (seed, a, b, c)
        assert small.rfind(c, a, b) == (found[-1] if found else -1), (seed, a, b, c)

# --- few steps of a long deque ---
d = collections.deque(range(N))
for i in range(N // 5):
    d.rotate(20)
print(d[-(4 * N) % N], len(d) == N)
for seed in range(20):
    rng = random.Random(seed)
    n = rng.choice((1, 7, 8, 9, 64, 100))
    d, model = collections.deque(range(n)), list(range(n))
    for _ in range(40):
        by = rng.randrange(-2 * n, 2 * n + 1)
        d.rotate(by)
        by %= n
        model = model[-by:] + model[:-by] if by else model
        assert list(d) == model, (seed, by)
        if rng.random() < 0.3:
            d.append(model.append(by) or by)
            n += 1

d = collections.deque(range(N))
for i in range(N // 5):
    d.insert(10, i)
    d.insert(-10, i)
    del d[10], d[-10]
print(d[10] == 10, d[-10] == N - 10, len(d) == N)
for seed in range(20):
    rng = random.Random(seed)
    d, model = collections.deque(range(20)), list(range(20))
    for step in range(200):
        i = rng.randrange(-len(model) - 3, len(model) + 4)
        if rng.random() < 0.5 or not model:
            d.insert(i, step)
            model.insert(i, step)
        else:
            i %= len(model)
            i -= rng.choice((0, len(model)))
            del d[i], model[i]
        assert list(d) == model, (seed, step, i)

# --- the end of a text that grows ---
s = ""
for i in range(N):
    s += "é"
    assert s[-1] == "é" and s[-3:] == "ééé"[:i + 1]
print(len(s) == N)

# --- JSON documents one behind the other ---
stream = '{"k": "é漢"} ' * (N // 4)
decode, scan = json.JSONDecoder().raw_decode, json.decoder.scanstring
at = n = 0
while at < len(stream):
    v, at = decode(stream, at)
    n, at = n + len(v), at + 1
print(n == N // 4, at == len(stream))
strings = '"漢é"' * (N // 4)
at = n = 0
while at < len(strings):
    v, at = scan(strings, at + 1)
    n += len(v)
print(n == N // 2, at == len(strings))
