# Numerical programs: matrices, fractions, primes, integration, FFT, big numbers, RSA, statistics.
import math
from fractions import Fraction


class Matrix:
    def __init__(self, rows):
        self.rows = [list(r) for r in rows]

    def __matmul__(self, o):
        cols = list(zip(*o.rows))
        return Matrix([sum(a * b for a, b in zip(r, c)) for c in cols] for r in self.rows)

    def __add__(self, o):
        return Matrix([a + b for a, b in zip(r, s)] for r, s in zip(self.rows, o.rows))

    def __pow__(self, n):
        result, base = Matrix.identity(len(self.rows)), self
        while n:
            if n & 1:
                result = result @ base
            base = base @ base
            n >>= 1
        return result

    def __eq__(self, o):
        return self.rows == o.rows

    def __repr__(self):
        return f"Matrix({self.rows})"

    @classmethod
    def identity(cls, n):
        return cls([int(i == j) for j in range(n)] for i in range(n))

    @property
    def T(self):
        return Matrix(zip(*self.rows))

    def det(self):
        rows = [[Fraction(x) for x in r] for r in self.rows]
        d = Fraction(1)
        for i in range(len(rows)):
            p = next((k for k in range(i, len(rows)) if rows[k][i]), None)
            if p is None:
                return 0
            if p != i:
                rows[i], rows[p] = rows[p], rows[i]
                d = -d
            d *= rows[i][i]
            for k in range(i + 1, len(rows)):
                f = rows[k][i] / rows[i][i]
                rows[k] = [a - f * b for a, b in zip(rows[k], rows[i])]
        return d


m = Matrix([[1, 1], [1, 0]])
print(m**10, (m**200).rows[0][1], m @ m + m, m.T == m, Matrix([[2, 0, 1], [1, 3, 2], [1, 1, 1]]).det(), Matrix([[1, 2], [2, 4]]).det())


def simpson(f, a, b, n=1000):
    h = (b - a) / n
    return h / 3 * (f(a) + f(b) + 4 * sum(f(a + i * h) for i in range(1, n, 2)) + 2 * sum(f(a + i * h) for i in range(2, n, 2)))


print(round(simpson(math.sin, 0, math.pi), 9), round(simpson(lambda x: x**3, 0, 2), 9))


def newton(f, x, eps=1e-12):
    for _ in range(100):
        d = (f(x + 1e-7) - f(x - 1e-7)) / 2e-7
        nx = x - f(x) / d
        if abs(nx - x) < eps:
            break
        x = nx
    return round(nx, 8)


print(newton(lambda x: x * x - 2, 1.0), newton(lambda x: math.cos(x) - x, 1.0))


def fft(a):
    n = len(a)
    if n == 1:
        return a
    even, odd = fft(a[::2]), fft(a[1::2])
    out = [0j] * n
    for k in range(n // 2):
        t = complex(math.cos(2 * math.pi * k / n), -math.sin(2 * math.pi * k / n)) * odd[k]
        out[k], out[k + n // 2] = even[k] + t, even[k] - t
    return out


print([f"{abs(x):.6f}" for x in fft([complex(x) for x in (1, 2, 3, 4, 0, 0, 0, 0)])])


def is_prime(n):
    if n < 2:
        return False
    for p in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        if n % p == 0:
            return n == p
    d, s = n - 1, 0
    while d % 2 == 0:
        d //= 2
        s += 1
    for a in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


print([n for n in range(60) if is_prime(n)], is_prime(2**127 - 1), is_prime(2**127 + 1), is_prime(10**18 + 9))
p, q = 2**89 - 1, 2**107 - 1
n, phi, e = p * q, (p - 1) * (q - 1), 65537
d = pow(e, -1, phi)
msg = int.from_bytes(b"secret message!", "big")
print(pow(pow(msg, e, n), d, n).to_bytes(15, "big"), d % 1000003)


def pi_digits(count):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < count:
        if 4 * q + r - t < m * t:
            out.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), 10 * (3 * q + r) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(map(str, out))


print(pi_digits(60))
print(sum(Fraction(1, k) for k in range(1, 21)), float(sum(Fraction(1, math.factorial(k)) for k in range(20))), math.e)
print(len(str(math.factorial(300))), math.factorial(100) // math.factorial(98), sum(int(c) for c in str(2**1000)), math.gcd(2**100, 6**50) == 2**50)


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


print(max(range(1, 3000), key=collatz), collatz(27))


def egcd(a, b):
    return (a, 1, 0) if b == 0 else (lambda g, x, y: (g, y, x - a // b * y))(*egcd(b, a % b))


print(egcd(240, 46), egcd(10**20, 3**30))
data = [2.5, 3.7, 1.2, 9.8, 4.4, 4.4, 6.1]
mean = math.fsum(data) / len(data)
print(round(mean, 6), round(math.sqrt(sum((x - mean) ** 2 for x in data) / len(data)), 6), sorted(data)[len(data) // 2])
x = 0.1
for i in range(50):
    x = 3.9 * x * (1 - x)
print(x, math.hypot(3, 4), 0.1 + 0.2 == 0.3, math.isclose(0.1 + 0.2, 0.3), 1e16 + 1 == 1e16)
