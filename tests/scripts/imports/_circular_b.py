import _circular_a
name = "b"
print("b sees a", hasattr(_circular_a, "name"))
