# Slices: reading, assigning, deleting, extended steps.
l = list(range(10))
print(l[2:5], l[:3], l[7:], l[-3:], l[:-7], l[::2], l[1::3], l[::-1], l[8:2:-2], l[20:], l[-20:2])
s = "abcdefghij"
print(s[2:5], s[::-1], s[-3:], s[::3], s[5:2], s[5:2:-1])
t = tuple(l)
print(t[1:4], t[::-4], t[:])
b = b"abcdef"
print(b[1:3], b[::-1], b[0], b[-1])
l[2:5] = ["x"]
print(l)
l[1:1] = [100, 200]
print(l)
l[::2] = [0] * len(l[::2])
print(l)
del l[::2]
print(l)
del l[1:3]
print(l)
l[:] = range(5)
print(l)
l[5:] = [5, 6]
l[-1:] = "zz"
print(l)
l[3:1] = ["mid"]
print(l)


def err(code):
    try:
        exec(code, {"L": [1], "S": 'abc', "T": (1, 2), "I": 5, "Z": None})
    except Exception as e:
        print(type(e).__name__, e)


err("[1,2,3][::0]")
err("l=[1,2,3]; l[::2] = [1]")
err("l=[1,2,3]; l[0:2] = 5")
err("L['a']")
err("[1][1]")
err("l=[1]; l[3] = 2")
err("'abc'[10]")
err("(1,2)[5]")
err("S['x']")
err("[1]['a':]")
err("del [1][4]")
err("T[None]")
err("I[0]")
err("Z[0]")
sl = slice(1, 10, 2)
print(sl, sl.start, sl.stop, sl.step, sl.indices(6), slice(None).indices(4))
print(slice(None, None, -1).indices(5), slice(-3, None).indices(10))
print(slice(1, 2) == slice(1, 2, None), slice(1) < slice(2))
print(s[sl], list(range(20))[sl])


class I:
    def __index__(self):
        return 2


print(s[I()], s[: I()], l[I() :])
r = range(10, 0, -2)
print(r[1:3], r[-1], r[::-1])
x = [[1, 2], [3, 4]]
x[0][1] += 10
x[1][:1] *= 3
print(x)
l = [1, 2, 3]
l[1:2] = l
print(l)
l *= 2
print(l, l[3:][:2])
