"""Parts of f-strings that `__str__`, `__repr__` or `__format__` gives as instances of subclasses of str."""


class Safe(str):
    def __str__(self):
        return self


class Formatted:
    def __format__(self, spec):
        return Safe("f" + spec)


class Shown:
    def __repr__(self):
        return Safe("shown")


class Slotted(str):
    __slots__ = ()

    def __str__(self):
        return Slotted(super().__str__() + "!")


x, long, wide, slotted = Safe("inner"), Safe("a long text " * 10), Safe("wïde€\U0001f600"), Slotted("é")
for text in (
    f"a{x}b", f"{x}{x}", f"{x!s}{x!r}{x!a}", f"{x:>8}|", f"{Formatted()}-{Formatted():z}", f"{Shown()}{Shown()!r}!", f"{x=}", f"{x}" "c",
    f"{x}", f"{Formatted()}", f"{long}|{long}", f"{wide}{x}{wide}", f"{slotted}{slotted!s}", f"{1:{Safe('>5')}}|", f"{x}{1}{2.5}{None}{x}",
    f"{f'{x}{x}'}{x}", f"<{x}>" % (), "".join([x, x]), x + "y", "y" + x, "{}{}".format(x, Formatted()), "%s%s" % (x, x),
    "{0}{0!s}".format(x), x.join("ab"), f"{x}\n{x}", f"{x}é", f"é{x}",
):
    print(repr(text), type(text).__name__)


def loop(v):
    return "".join(f"[{v}{i}]" for i in range(3))


print(loop(x), loop(1), loop(slotted), loop("s"))
print([f"{k}={v}" for k, v in {"a": x, x: Formatted()}.items()])
