# TypeError texts of calls: user functions, methods, builtins, types.
def f0(): ...
def f1(a): ...
def f2(a, b=1): ...
def fk(*, k): ...
def fkk(*, k, j): ...
def fp(a, b, /): ...
def fs(*a): ...
def fd(**k): ...
def fm(a, b, c, d): ...


class C:
    def __init__(self, x): ...

    def m(self, a): ...

    @staticmethod
    def s(a): ...

    @classmethod
    def c(cls, a): ...


class D:
    pass


class N:
    def __new__(cls, a):
        return object.__new__(cls)


class Callable_:
    def __call__(self, a): ...


c = C(1)
for src in """
f0(1)
f0(1, 2)
f0(a=1)
f1()
f1(1, 2)
f1(b=1)
f1(1, a=1)
f1(1, b=2)
f2()
f2(1, 2, 3)
f2(1, c=3)
fk()
fk(1)
fk(1, 2)
fk(k=1, j=2)
fk(1, k=2)
fkk()
fp(1)
fp(a=1, b=2)
fp(1, b=2)
fs(a=1)
fd(1)
fm()
fm(1)
fm(1, 2, 3)
fm(1, d=1)
fm(*[1, 2, 3, 4, 5])
fm(**{'a': 1, 'zz': 2})
fm(1, 2, 3, 4, aa=1)
f2(1, bb=1)
C()
C(1, 2)
C(y=1)
c.m()
c.m(1, 2)
C.m()
C.m(1)
c.s()
c.c()
C.c(1, 2)
D(1)
D(a=1)
N()
N(1, 2)
Callable_()()
(lambda x: x)()
(lambda: 0)(1)
c()
(five := 5)()
(text := "x")()
(none := None)()
(lst := [])()
(dct := {})(1)
len()
len(1, 2)
len(obj=[])
abs()
abs(1, 2)
isinstance(1)
int(1, 2, 3)
int(x=5)
str(1, 2, 3, 4)
str(foo=1)
float(1, 2)
float(x=1)
list(1, 2)
dict(1, 2)
tuple(a=1)
range()
range(1, 2, 3, 4)
print(1, foo=2)
sorted()
sorted([1], foo=1)
sorted([1], 5)
max()
sum()
sum([], 1, 2)
open()
open(foo=1)
[].append()
[].append(1, 2)
[].pop(1, 2)
[].sort(1)
[].sort(foo=1)
{}.get()
{}.get(1, 2, 3)
"".split(1, 2, 3)
"".join()
"".join(1, 2)
"".replace("a")
"".encode(foo=1)
type()
type(1, 2)
object(1)
super().x
Exception(foo=1)
ValueError(a=1)
map()
zip(1)
enumerate()
enumerate([], 1, 2)
reversed()
getattr(1)
getattr(1, 2)
hasattr(1)
setattr(1, "a")
divmod(1)
pow(1)
round()
chr()
ord()
input(1, 2)
iter()
next()
id()
hash()
dir(1, 2)
vars(1, 2)
eval()
exec()
compile("1")
property(1, 2, 3, 4, 5)
slice()
complex(1, 2, 3)
bytes(1, 2, 3, 4)
bool(1, 2)
f0(*1)
f0(**1)
f0(**{1: 2})
f1(**{'a': 1}, **{'a': 2})
f1(*[1], a=2)
f0(*[1], *[2])
int.bit_length()
int.bit_length("a")
list.append([])
list.append(1, 2)
str.upper(5)
dict.get({})
C.m.__get__()
""".strip().splitlines():
    try:
        eval(src, dict(globals(), __warningregistry__={}))
        print(src, "=> fine")
    except Exception as e:
        print(src, "!!", type(e).__name__, e)
