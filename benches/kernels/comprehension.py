"""List, set and dict comprehensions, nested ones and conditions."""

N = 180


def run(n):
    total = 0
    for k in range(n):
        squares = [i * i for i in range(20000)]
        odd = [x + k for x in squares if x & 1]
        pairs = [(i, j) for i in range(60) for j in range(60) if (i + j) % 7 == k % 7]
        index = {x: i for i, x in enumerate(odd[:3000])}
        residues = {x % 101 for x in odd}
        total += len(odd) + len(pairs) + len(index) + len(residues) + odd[-1]
        total += sum(x for x in squares if x % 3 == 0)
    return total
