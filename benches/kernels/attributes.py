"""Reading and writing instance attributes."""

N = 4_500_000


class Particle:
    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.dx = 1
        self.dy = 2
        self.hits = 0


def run(n):
    p = Particle(0, 0)
    q = Particle(5, 9)
    for _ in range(n):
        p.x += p.dx
        p.y += p.dy
        if p.x > 100:
            p.x -= 100
            p.hits += 1
        if p.y > q.y:
            p.y -= q.y
            q.hits += 1
        q.x = p.y - q.dx
    return p.x, p.y, p.hits, q.x, q.hits
