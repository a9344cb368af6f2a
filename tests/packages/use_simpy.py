"""A car park as a simulation."""


def use():
    import simpy

    env = simpy.Environment()
    log = []

    def car(env, n, r):
        with r.request() as q:
            yield q
            log.append((env.now, n))
            yield env.timeout(5)

    r = simpy.Resource(env, 2)
    for i in range(5):
        env.process(car(env, i, r))
    env.run()
    return log


if __name__ == "__main__":
    for part in use():
        print(part)
