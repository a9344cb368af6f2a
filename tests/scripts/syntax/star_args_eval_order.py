# Order of evaluation.
log = []


def t(x):
    log.append(x)
    return x


def show():
    print(log)
    log.clear()


def f(*a, **k):
    return None


t(1) + t(2) * t(3)
show()
f(t(1), *[t(2)], t(3), a=t(4), **{"b": t(5)}, c=t(6))
show()
[t(1), t(2)][t(0)]
show()
d = {t("k1"): t("v1"), t("k2"): t("v2")}
show()
t(1) if t(0) else t(2)
show()


class O:
    def __init__(self):
        self.d = {}

    def __setitem__(self, k, v):
        log.append(("set", k, v))

    def __getitem__(self, k):
        log.append(("get", k))
        return 10

    def __setattr__(self, k, v):
        log.append(("setattr", k))
        object.__setattr__(self, k, v)


o = O()
show()


def obj():
    log.append("obj")
    return o


obj()[t("key")] = t("value")
show()
obj()[t("key")] += t(5)
show()
obj().attr = t(1)
show()
obj().x, obj()[t(2)] = t(8), t(9)
show()
x = [0, 1, 2]
i = 0
i, x[i] = 2, 9
print(i, x)
t(3) < t(2) < t(1)
show()
t(0) and t(1) or t(2)
show()


def default(a=t("default"), *, b=t("kwdefault")) -> t("ret"):
    pass


show()


@t
def decorated(x=t("dd")):
    pass


log.clear()


class K(t(object), metaclass=t(type)):
    v = t("body")


print(log[-1])
log.clear()
print([t(i) for i in (t(7), t(8))], {t(k): t(v) for k, v in [(1, 2)]})
show()
a = [5]
a[t(0)] = a[t(0)] + t(1)
show()
print(t(1), t(2), sep=t("-"))
show()
assert t(1), t("not evaluated")
show()
del d[t("k1")]
show()
