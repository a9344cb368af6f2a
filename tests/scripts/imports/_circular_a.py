import _circular_b
name = "a"
print("a sees b", _circular_b.name)
