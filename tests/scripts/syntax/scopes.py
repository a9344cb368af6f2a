# Local, global, nonlocal, closures, builtins.
g = 1


def read():
    return g


def write():
    global g
    g += 1


write()
print(read(), g)


def counter():
    n = 0

    def inc(by=1):
        nonlocal n
        n += by
        return n

    def get():
        return n

    return inc, get


inc, get = counter()
inc()
inc(5)
print(get())
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])


def unbound():
    try:
        print(local)
    except UnboundLocalError as e:
        print(e)
    local = 1
    del local
    try:
        local
    except UnboundLocalError as e:
        print(e)


unbound()


def free():
    def use():
        return later

    try:
        use()
    except NameError as e:
        print(type(e).__name__, e)
    later = "set"
    print(use())


free()
try:
    undefined_name
except NameError as e:
    print(e)


def shadow():
    len = lambda x: "shadowed"
    return len([])


print(shadow(), len([]))


def deep():
    a = 1

    def b():
        def c():
            nonlocal a
            a = a * 10
            return a

        return c()

    return b() + a


print(deep())
x = "global"


class C:
    x = "class"
    y = [x for _ in range(2)]

    def m(self):
        return x


print(C.x, C.y, C().m())


def make_globals():
    global made
    made = 7

    def inner():
        global made
        made += 1

    inner()


make_globals()
print(made, "made" in globals())


def loc():
    a = 1
    b = 2
    return sorted(locals().items())


print(loc())
print([x for x in range(3)], x)
print(inc.__closure__[0].cell_contents, inc.__code__.co_freevars)


def comp_scope():
    k = 3
    return [k * j for j in range(k) if j != k - 2]


print(comp_scope())
