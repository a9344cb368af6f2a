# The smallest useful programs.
print("hello")
print("hello", "world", 1, 2.5, None, True, False)
print(1, 2, 3, sep=", ", end="!\n")
print()
x = 5
y = x + 3
print(x, y, x * y, x - y)
name = "proto"
print("name is", name)
print(x if x > 3 else y)
print(-x, +x, ~x, not x)
