# Branches and loops.
def sign(x):
    if x > 0:
        return "positive"
    elif x < 0:
        return "negative"
    else:
        return "zero"


for v in (5, -5, 0):
    print(v, sign(v))
i = 0
while i < 10:
    i += 1
    if i == 3:
        continue
    if i == 7:
        break
    print(i, end=" ")
else:
    print("not reached")
print()
i = 3
while i:
    i -= 1
else:
    print("loop ended without break")
for i in range(5):
    if i == 10:
        break
else:
    print("for else")
for i in range(5):
    if i == 2:
        break
else:
    print("never")
print("i is", i)
for i in range(10, 0, -3):
    print(i, end=",")
print()
for i in range(0):
    print("never")
print([i for i in range(3)])
for a, b in [(1, 2), (3, 4)]:
    print(a + b)
for i in range(3):
    for j in range(3):
        if j == i:
            continue
        if j > i:
            break
        print(i, j)
n = 0
while True:
    n += 1
    if n > 100:
        break
print(n)
if not n == 101:
    print("wrong")
elif n:
    pass
x = [] or {} or () or "" or 0 or None or "last"
print(x)
