"""Float arithmetic: a damped oscillator by Euler steps."""

N = 4_000_000


def run(n):
    x = 1.0
    v = 0.0
    dt = 0.001
    energy = 0.0
    for _ in range(n):
        a = -4.0 * x - 0.05 * v
        v += a * dt
        x += v * dt
        energy += 0.5 * v * v + 2.0 * x * x
    return round(energy, 6), round(x, 9)
