"""Matrices over `array`, LU decomposition, an FFT over complex numbers, a moving average."""

import cmath
import math
from array import array


class Matrix:
    def __init__(self, rows, columns, values=None):
        self.rows, self.columns = rows, columns
        self.data = array("d", values if values is not None else [0.0]) * (1 if values is not None else rows * columns)

    @classmethod
    def identity(cls, n):
        m = cls(n, n)
        for i in range(n):
            m[i, i] = 1.0
        return m

    def __getitem__(self, key):
        row, column = key
        return self.data[row * self.columns + column]

    def __setitem__(self, key, value):
        row, column = key
        self.data[row * self.columns + column] = value

    def row(self, i):
        return self.data[i * self.columns : (i + 1) * self.columns]

    def transposed(self):
        return Matrix(self.columns, self.rows, [self[r, c] for c in range(self.columns) for r in range(self.rows)])

    def __matmul__(self, other):
        columns = [other.transposed().row(c) for c in range(other.columns)]
        values = [sum(a * b for a, b in zip(self.row(r), column)) for r in range(self.rows) for column in columns]
        return Matrix(self.rows, other.columns, values)

    def __add__(self, other):
        return Matrix(self.rows, self.columns, map(float.__add__, self.data, other.data))

    def determinant(self):
        n, work, sign = self.rows, Matrix(self.rows, self.columns, self.data), 1.0
        for i in range(n):
            pivot = max(range(i, n), key=lambda r: abs(work[r, i]))
            if work[pivot, i] == 0:
                return 0.0
            if pivot != i:
                sign = -sign
                for c in range(n):
                    work[i, c], work[pivot, c] = work[pivot, c], work[i, c]
            for r in range(i + 1, n):
                factor = work[r, i] / work[i, i]
                for c in range(i, n):
                    work[r, c] -= factor * work[i, c]
        return sign * math.prod(work[i, i] for i in range(n))


def fft(values, inverse=False):
    n = len(values)
    if n == 1:
        return values
    even, odd = fft(values[::2], inverse), fft(values[1::2], inverse)
    turn = (2j if inverse else -2j) * cmath.pi / n
    twisted = [cmath.exp(turn * k) * odd[k] for k in range(n // 2)]
    return [e + t for e, t in zip(even, twisted)] + [e - t for e, t in zip(even, twisted)]


def smooth(signal, width):
    total = sum(signal[:width])
    yield total / width
    for old, new in zip(signal, signal[width:]):
        total += new - old
        yield total / width


def run(n):
    out = 0.0
    for k in range(n):
        size = 14
        a = Matrix(size, size, [math.sin(i * 0.7 + k) for i in range(size * size)])
        b = a + Matrix.identity(size)
        c = (a @ b).transposed()
        out += c[3, 5] + b.determinant()
        signal = [complex(math.sin(i / 5) + (i % 7) / 7) for i in range(256)]
        spectrum = fft(signal)
        back = [v / 256 for v in fft(spectrum, inverse=True)]
        assert max(abs(x - y) for x, y in zip(signal, back)) < 1e-9
        out += abs(spectrum[8]) + sum(smooth([v.real for v in signal], 9))
    return f"{out:.6f}"
