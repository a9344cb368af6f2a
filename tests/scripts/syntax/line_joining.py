# Layout: comments, continuation, indentation kinds, semicolons, unicode names, blank lines.
if True:
  x = 1
  if x:
        y = 2
        z = 3
  w = 4
print(x, y, z, w)
a = [
    1,  # one
    2,

    3,
]
b = {
    "k": 1,
    # comment inside
    "j": (2,
          3),
}
c = "a" \
    "b"
print(a, b, c)
def f(
    a,
    b=2,
    *,
    c=3,
):
    return (
        a
        + b
        + c
    )
print(f(
    1,
    c=5,
))
if x == 1 and \
   y == 2:
    print("continued")
class C: x = 1; y = 2
print(C.x, C.y)
def g(): return 1
def h(): pass; return 2
print(g(), h())
while False: pass
else: print("else")
for i in 1, 2: print(i)
try: 1 / 0
except ZeroDivisionError: print("zero")
finally: print("fin")
with open(__file__) as fh: print(len(fh.readline()) > 0)
été = 3
名前 = "name"
_x1 = été + 1
print(été, 名前, _x1)
print("end"); print("really")
if 1:
	print("tab indent")
# comment at the end without newline
lst = [i for i in
       range(3)
       if i]
print(lst)
print((1
))
