# A sequence's + and * ask the right operand before they raise; called as methods they raise at once.
from array import array
from collections import UserList, deque


class R:
    def __radd__(self, other):
        return ("radd", other)

    def __rmul__(self, other):
        return ("rmul", other)


for seq in ["x", (1,), [1], b"x", bytearray(b"x"), deque([1]), array("i", [1])]:
    print(seq + R(), seq * R())
    for f in [lambda: seq + 1.5, lambda: seq * 1.5, lambda: 1.5 * seq, lambda: seq.__add__(1.5), lambda: seq.__mul__("a"), lambda: seq.__rmul__("a")]:
        try:
            print(f())
        except TypeError as e:
            print("TypeError", e)

print("ab" + UserList("cd"), (1,) + UserList([2]))
x = "ab"
x += UserList("c")
print(x)
