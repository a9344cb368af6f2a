"""Integrals, derivatives, equations, series, matrices, factors."""


def use():
    import sympy as s

    x, y = s.symbols('x y')
    return (
        str(s.integrate(s.sin(x) * s.exp(x), x)),
        str(s.diff(s.tan(x) ** 2, x)),
        str(s.solve(x**3 - 2 * x + 1, x)),
        str(s.factor(x**6 - 1)),
        str(s.series(s.cos(x), x, 0, 8)),
        str(s.Matrix([[1, 2], [3, 4]]).inv()),
        str(s.simplify((x**2 - 1) / (x - 1))),
        str(s.limit(s.sin(x) / x, x, 0)),
        s.latex(s.Integral(x**2, x)),
        str(s.pi.n(50)),
        str(s.factorint(2**61 + 15)),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
