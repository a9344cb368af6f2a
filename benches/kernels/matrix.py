"""Matrix product with nested lists, ints and floats."""

N = 175


def multiply(a, b):
    size = len(a)
    result = []
    for i in range(size):
        row = a[i]
        out = [0] * size
        for j in range(size):
            acc = 0
            for k in range(size):
                acc += row[k] * b[k][j]
            out[j] = acc
        result.append(out)
    return result


def run(n):
    a = [[(i * j) % 17 for j in range(n)] for i in range(n)]
    b = [[(i + j) % 13 for j in range(n)] for i in range(n)]
    c = multiply(a, b)
    f = [[v / 7.0 for v in row] for row in a]
    d = multiply(f, b)
    trace = sum(c[i][i] for i in range(n))
    ftrace = sum(d[i][i] for i in range(n))
    return trace, round(ftrace, 6), c[n // 2][n // 3]
