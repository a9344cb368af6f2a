"""All threads read attributes of, and call methods on, one shared object."""

KIND = "read"
N = 12_000_000


class Config:
    limit = 10

    def __init__(self):
        self.scale = 3
        self.offset = [4, 5]
        self.name = "shared configuration"

    def apply(self, x):
        return x * self.scale + self.limit

    def bias(self):
        return self.offset[1]


def setup(threads):
    return Config()


def work(n, state, index):
    total = 0
    for i in range(n):
        total += state.apply(i) + state.bias()
        if state.name is None:
            total = 0
    return total
