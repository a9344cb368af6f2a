"""A package for the import tests."""
print("init", __name__, __package__)
value = "package value"
__all__ = ["value", "alpha"]
