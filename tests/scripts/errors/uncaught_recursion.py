# The traceback of deep recursion is abbreviated.
def f(n):
    if n == 0:
        raise ValueError("bottom")
    f(n - 1)


def even(n):
    return odd(n - 1)


def odd(n):
    return even(n - 1) if n > 0 else 1 / 0


try:
    even(10)
except ZeroDivisionError:
    print("alternating")
f(50)
