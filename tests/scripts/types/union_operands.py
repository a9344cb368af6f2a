# A union takes whatever an annotation may be on either side of `|`; types alone do not.
import typing


class Other:
    def __repr__(self):
        return "Other()"


def show(f):
    try:
        print(repr(f()))
    except TypeError as e:
        print("TypeError:", e)


U = int | str
show(lambda: U | "Later")
show(lambda: "Later" | U)
show(lambda: int | None | "Later")
show(lambda: typing.get_args(U | "Later"))
show(lambda: (U | "Later") | "Later")
show(lambda: (U | "Later") == ("Later" | U))
show(lambda: U | 5)
show(lambda: 5 | U)
show(lambda: (U | 5) | 5.0)
show(lambda: U | [1])
show(lambda: {} | U)
show(lambda: {1} | U)
show(lambda: U | Other())
show(lambda: U | ...)
show(lambda: U | (1,))
show(lambda: (1,) | U)
show(lambda: isinstance(1, U | 5))
show(lambda: isinstance(1.5, U | 5))
show(lambda: issubclass(int, U | "Later"))
show(lambda: (U | 5).__parameters__)
show(lambda: int | "Later")
show(lambda: "Later" | int)
show(lambda: int | 5)
show(lambda: list[int] | 5)
show(lambda: typing.Union[int, (1,)])
show(lambda: typing.Union[5, 6])
show(lambda: typing.Union[[1], int])
x = {1}
x |= U
print(x)
