# Closures over loop variables, nested functions, recursion through closures.
def make_adders():
    result = []
    for i in range(3):
        def add(x):
            return x + i

        result.append(add)
    return result


print([f(10) for f in make_adders()])


def make_adders2():
    return [(lambda x, i=i: x + i) for i in range(3)]


print([f(10) for f in make_adders2()])


def outer(n):
    def fib(k):
        return k if k < 2 else fib(k - 1) + fib(k - 2)

    return fib(n)


print(outer(15))


def memo(f):
    cache = {}

    def wrapper(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]

    return wrapper


@memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80))


def accumulate():
    total = 0

    def add(x):
        nonlocal total
        total += x
        return total

    return add


a, b = accumulate(), accumulate()
a(5)
b(100)
print(a(1), b(1))


def args_captured(x, *args, **kw):
    def show():
        return x, args, sorted(kw)

    x += 1
    return show


print(args_captured(1, 2, 3, k=4)())


def delete_cell():
    v = 1

    def get():
        return v

    del v
    try:
        get()
    except NameError as e:
        print(e)
    v = 2
    return get()


print(delete_cell())


def compose(*fs):
    def run(x):
        for f in fs:
            x = f(x)
        return x

    return run


print(compose(lambda x: x + 1, lambda x: x * 2, str)(4))


def nested_class():
    tag = "captured"

    class K:
        def get(self):
            return tag

        label = tag + "!"

    return K


k = nested_class()
print(k().get(), k.label)
