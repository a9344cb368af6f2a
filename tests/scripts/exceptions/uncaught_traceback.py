# The text of an uncaught exception with carets, chained, through several frames.
class Thing:
    def method(self, value):
        return value.missing + 1


def wrapper(f, *args):
    return f(*args)


def run():
    try:
        wrapper(Thing().method, [1, 2])
    except AttributeError as e:
        raise ValueError("conversion of a long message failed") from e


def main():
    data = {"a": [1, 2, {"b": None}]}
    print("before")
    try:
        data["a"][2]["b"]["c"]
    except TypeError as e:
        print(type(e).__name__, e)
    run()


main()
