"""Numbers of sixty digits."""


def use():
    import mpmath

    mpmath.mp.dps = 60
    return (
        str(mpmath.zeta(3)),
        str(mpmath.quad(lambda t: mpmath.exp(-t * t), [-mpmath.inf, mpmath.inf])),
        str(mpmath.findroot(mpmath.cos, 1.5)),
        str(mpmath.gamma(mpmath.mpc(1, 2))),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
