"""Series of big numbers: pi, e, fractions, primes, roots, modular arithmetic, digits."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import count, islice, takewhile


def pi_digits(n):
    def arctan(inverse, unity):
        total = term = unity // inverse
        square, divisor, sign = inverse * inverse, 3, -1
        while term:
            term //= square
            total += sign * (term // divisor)
            sign, divisor = -sign, divisor + 2
        return total

    unity = 10 ** (n + 10)
    return str(4 * (4 * arctan(5, unity) - arctan(239, unity)) // 10**10)


def e_digits(n):
    with localcontext() as context:
        context.prec = n + 5
        total = term = Decimal(1)
        for k in count(1):
            term /= k
            if term < Decimal(10) ** -(n + 4):
                break
            total += term
        return str(total)[: n + 2]


def continued(value):
    while True:
        whole = value.numerator // value.denominator
        yield whole
        value -= whole
        if not value:
            return
        value = 1 / value


def bernoulli(n):
    row = [Fraction(0)] * (n + 1)
    for m in range(n + 1):
        row[m] = Fraction(1, m + 1)
        for j in range(m, 0, -1):
            row[j - 1] = j * (row[j - 1] - row[j])
    return row[0]


def primes():
    composites = {}
    for n in count(2):
        factors = composites.pop(n, None)
        if factors is None:
            yield n
            composites[n * n] = [n]
        else:
            for p in factors:
                composites.setdefault(n + p, []).append(p)


def is_probable_prime(n):
    d, r = n - 1, 0
    while d % 2 == 0:
        d, r = d // 2, r + 1
    for a in takewhile(lambda p: p < 40, primes()):
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(r - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def rsa(p, q, message):
    n, phi, e = p * q, (p - 1) * (q - 1), 65537
    d = pow(e, -1, phi)
    number = int.from_bytes(message, "big")
    secret = pow(number, e, n)
    plain = pow(secret, d, n)
    return plain.to_bytes((plain.bit_length() + 7) // 8, "big"), secret % 10**9


def run(n):
    out = []
    for k in range(n):
        pi = pi_digits(300 + k)
        fraction = sum((Fraction(1, i * i) for i in range(1, 40)), Fraction(0))
        mersenne = next(p for p in (2**q - 1 for q in (89, 107, 127)) if is_probable_prime(p))
        text, secret = rsa(2**127 - 1, 2**107 - 1, b"a small secret")
        factorial = math.factorial(200)
        zeros = len(str(factorial)) - len(str(factorial).rstrip("0"))
        fib, last = 0, 1
        for _ in range(500):
            fib, last = last, fib + last
        out.append(
            f"{pi[-8:]} {e_digits(120)[-6:]} {list(islice(continued(fraction), 6))} {bernoulli(20)} {mersenne % 1000} {text.decode()} {secret} "
            f"{zeros} {math.isqrt(fib) % 997} {hex(fib % 2**64)} {sum(islice(primes(), 300))} {math.gcd(factorial, fib)}"
        )
    return out[-1]
