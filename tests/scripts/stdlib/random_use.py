# random with a seed: CPython's exact sequences.
import random

r = random.Random(42)
print([r.random() for _ in range(3)])
print([r.randint(1, 100) for _ in range(5)], r.randrange(10), r.randrange(0, 100, 7), r.getrandbits(10), r.getrandbits(100), r.getrandbits(0))
print(r.choice("abc"), r.choices("abc", k=5), r.choices([1, 2], weights=[1, 9], k=5), r.sample(range(100), 5), r.sample("abcdef", 3), r.sample(["a", "b"], counts=[2, 3], k=3))
l = list(range(10))
r.shuffle(l)
print(l)
print(r.uniform(1, 2), r.triangular(0, 1), r.gauss(0, 1), r.normalvariate(0, 1), r.expovariate(1), r.betavariate(1, 2), r.gammavariate(1, 2), r.lognormvariate(0, 1), r.paretovariate(1), r.vonmisesvariate(0, 1), r.weibullvariate(1, 1), r.binomialvariate(10, 0.5))
random.seed("text seed")
print(random.random(), random.randint(0, 10**30))
random.seed(b"bytes")
print(random.random())
random.seed(3.5)
print(random.random())
random.seed(-7)
print(random.random())
random.seed(2**100 + 1)
print(random.random(), random.randbytes(5))
state = random.getstate()
a = [random.random() for _ in range(3)]
random.setstate(state)
print(a == [random.random() for _ in range(3)], state[0], len(state[1]))
for f in (lambda: random.choice([]), lambda: random.randrange(0), lambda: random.randint(5, 1), lambda: random.sample([1], 2), lambda: random.seed([]), lambda: random.getrandbits(-1), lambda: random.choices([], k=1), lambda: random.sample({1}, 1), lambda: random.randrange(1.5)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(0 <= random.SystemRandom().random() < 1, 0 <= random.Random().random() < 1)
r = random.Random(1)
print(sum(r.random() for _ in range(10000)) / 10000, [r.randint(0, 1) for _ in range(10)].count(1))
