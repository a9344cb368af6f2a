# Targets of assignment.
a = b = c = 3
print(a, b, c)
a, b = 1, 2
a, b = b, a
print(a, b)
[x, y], z = (1, 2), 3
print(x, y, z)
first, *rest = [1, 2, 3, 4]
print(first, rest)
*init, last = "abc"
print(init, last)
p, *q, r = 1, 2
print(p, q, r)
(a, (b, *c), d) = 1, (2, 3, 4), 5
print(a, b, c, d)
l = [0] * 5
l[1], l[2] = 10, 20
l[-1] = 99
l[3:4] = [7, 7, 7]
print(l)
i = 0
i, l[i] = 2, 55
print(i, l)
d = {}
d["k"], d["j"] = "v", "w"
print(d)


class O:
    pass


o = O()
o.x = o.y = 4
o.x += 1
print(o.x, o.y)
n = 5
n += 2
n -= 1
n *= 10
n //= 7
n **= 2
n %= 50
n <<= 2
n >>= 1
n |= 1
n ^= 3
n &= 0xFF
print(n)
m = 7
m /= 2
print(m)
l = [1, 2]
k = l
l += [3]
print(k, k is l)
l = l + [4]
print(k, l)
t = (1, 2)
u = t
t += (3,)
print(t, u)
if (w := len(l)) > 3:
    print("walrus", w)
print([v := 5, v + 1], v)
x: int = 3
y: "str"
print(x)
del x
try:
    print(x)
except NameError as e:
    print(e)


def err(code):
    try:
        exec(code)
    except Exception as e:
        print(type(e).__name__, e)


err("a, b = 1")
err("a, b = 1, 2, 3")
err("a, b = [1]")
err("a, b, *c = [1]")
err("a, b = {1: 2}")
err("(1).x = 3")
err("t = (1,); t[0] = 2")
err("s = 'a'; s[0] = 'b'")
x = 10
x = x + (x := 5)
print(x)
del l[0], d["k"]
print(l, d)
