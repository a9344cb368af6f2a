"""Functions and classes pickled by value."""


def use():
    import cloudpickle, dill, pickle, functools

    def mk(n):
        class A:
            k = n

            def m(self):
                return super().__repr__()[:2], self.k, __class__.__name__

        return lambda x: (A().m(), x + n)

    f = mk(3)
    g = pickle.loads(cloudpickle.dumps(f))
    out = [g(1)]
    h = dill.loads(dill.dumps(lambda x: x * 2))
    out.append(h(4))

    def gen():
        yield 1

    out.append(list(pickle.loads(cloudpickle.dumps(gen))()))
    out.append(cloudpickle.loads(cloudpickle.dumps(functools.partial(f, 5)))())

    class P:
        x: int = 4

    out.append(pickle.loads(cloudpickle.dumps(P))().x)
    out.append(dill.loads(dill.dumps(P))().x)
    return out


if __name__ == "__main__":
    for part in use():
        print(part)
