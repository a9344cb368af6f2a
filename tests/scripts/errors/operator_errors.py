# TypeError texts of operators, subscripts, iteration and conversion.
class A:
    pass


a = A()
n = None
i = 5
s = "s"
l = [1]
t = (1,)
d = {}
f = 1.5
b = b"b"
for src in """
i + s
s + i
l + t
t + l
d + d
n + 1
a + a
a - 1
1 - a
s - s
s * s
l * l
s * f
i @ i
i / s
i // s
i % s
i ** s
i << f
i >> s
i & f
i | s
i ^ s
-s
+l
~f
~s
i < s
s < i
n < n
l < t
a < a
i >= n
d <= d
1j < 2
{1} < [1]
divmod(s, i)
pow(s, i)
i[0]
n[0]
a[0]
f["x"]
i["x"]
len[0]
int[0]
A[0]
l["a"]
l[f]
l[n]
s[f]
t["a"]
b["a"]
d[l]
d[{}]
l[0:s]
l[::0]
len(i)
len(n)
len(a)
iter(i)
[x for x in i]
list(n)
tuple(5)
dict(5)
set(5)
[*i]
{**l}
1 in i
s in i
i in s
n in s
x if (x := n[0]) else 1
int(a)
int(l)
int(n)
float(s)
float(l)
str(b, 5)
bytes(a)
bytes(s)
complex(s)
complex(l)
chr(s)
ord(l)
round(s)
abs(s)
hash(l)
hash(d)
hash({1})
hash((l,))
{l: 1}
{l}
isinstance(1, 1)
issubclass(1, int)
next(l)
reversed(5)
sum([s])
sum(l, s)
max(i)
max([i, s])
sorted([i, s])
sorted(i)
s.join(i)
s.join([i])
s % i
"%d" % s
"%d" % f
"%d" % n
"%f" % s
"%c" % f
"%s %s" % s
"%s" % (1, 2)
"%(x)s" % 5
"%(x)s" % {}
"{}".format()
"{x}".format()
"{:d}".format(s)
"{:d}".format(f)
"{:z}".format(i)
"{:s}".format(i)
"{!z}".format(i)
format(i, s)
f"{l:5}"
f"{n:d}"
l.x
i.x
n.append(1)
s.append("x")
l.add(1)
d.append(1)
t.append(1)
eval("l[0]()")
""".strip().splitlines():
    try:
        print(src, "=>", eval(src, globals()))
    except Exception as e:
        print(src, "!!", type(e).__name__, e)
for src in ("t[0] = 1", "s[0] = 'x'", "i[0] = 1", "n[0] = 1", "a[0] = 1", "del t[0]", "del s[0]", "del a[0]", "del l[5]", "del d['q']", "l[5] = 1", "l['a'] = 1", "l[0:1] = 5", "b[0] = 1", "a.x.y = 1", "i.x = 1", "x, y = 5", "x, y = l", "x, y = [1, 2, 3]", "x, *y = 5", "for x in n: pass", "for x, y in [1]: pass", "with i: pass", "raise i", "raise n", "import a.b.c", "class X(5): pass", "class X(A, A): pass", "class X(n): pass", "del a.x", "assert i == 6, 'msg'", "assert not i", "i()", "s += i", "l += 5", "d += d", "async def g(): pass\ng() + 1" if False else "i += s", "global_undefined", "def g(x=undefined): pass", "@undefined\ndef g(): pass", "lambda: 0 + s; n()"):
    try:
        exec(src)
        print(src, "fine")
    except Exception as e:
        print(repr(src), "!!", type(e).__name__, e)
