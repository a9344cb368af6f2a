# Game of life on a set, sudoku by backtracking, n queens by generators, knapsack, LCS, permutations.
def life(cells, steps):
    for _ in range(steps):
        counts = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        k = x + dx, y + dy
                        counts[k] = counts.get(k, 0) + 1
        cells = {k for k, n in counts.items() if n == 3 or n == 2 and k in cells}
    return cells


glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
print(sorted(life(glider, 4)), sorted(life(glider, 40))[:2])
rpent = {(1, 0), (2, 0), (0, 1), (1, 1), (1, 2)}
print([len(life(rpent, n)) for n in (1, 5, 10, 30)])
for row in range(5):
    print("".join("#" if (x, row) in life(rpent, 3) else "." for x in range(-2, 6)))

PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"


def solve(board):
    best = None
    for i, c in enumerate(board):
        if c == ".":
            r, col = divmod(i, 9)
            used = {board[r * 9 + k] for k in range(9)} | {board[k * 9 + col] for k in range(9)}
            br, bc = r // 3 * 3, col // 3 * 3
            used |= {board[(br + a) * 9 + bc + b] for a in range(3) for b in range(3)}
            options = [d for d in "123456789" if d not in used]
            if best is None or len(options) < len(best[1]):
                best = i, options
                if len(options) <= 1:
                    break
    if best is None:
        return board
    i, options = best
    for d in options:
        if done := solve(board[:i] + d + board[i + 1 :]):
            return done
    return None


s = solve(PUZZLE)
for r in range(9):
    print(s[r * 9 : r * 9 + 9])


def queens(n, placed=()):
    if len(placed) == n:
        yield placed
        return
    row = len(placed)
    for col in range(n):
        if all(col != c and abs(col - c) != row - r for r, c in enumerate(placed)):
            yield from queens(n, placed + (col,))


print(next(queens(8)), sum(1 for _ in queens(6)), len(list(queens(7))))


def knapsack(items, cap):
    best = [0] * (cap + 1)
    for w, v in items:
        for c in range(cap, w - 1, -1):
            best[c] = max(best[c], best[c - w] + v)
    return best[cap]


print(knapsack([(12, 4), (2, 2), (1, 1), (1, 2), (4, 10)], 15))


def lcs(a, b):
    table = [[""] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + x if x == y else max(table[i + 1][j], table[i][j + 1], key=len)
    return table[-1][-1]


print(lcs("AGGTABCDEF", "GXTXAYBDF"))


def hanoi(n, a="A", b="B", c="C"):
    if n:
        yield from hanoi(n - 1, a, c, b)
        yield a + c
        yield from hanoi(n - 1, b, a, c)


moves = list(hanoi(5))
print(len(moves), moves[:5])


def primes():
    yield 2
    composites = {}
    n = 3
    while True:
        if n in composites:
            step = composites.pop(n)
            m = n + 2 * step
            while m in composites:
                m += 2 * step
            composites[m] = step
        else:
            yield n
            composites[n * n] = n
        n += 2


from itertools import islice

print(list(islice(primes(), 15)), next(islice(primes(), 500, None)))
