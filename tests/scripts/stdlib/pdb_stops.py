# The debugger stops where it is called, at the first line of a function's body, and where generators end; by both backends.
import io
import pdb
import sys


def plain(x: int = 1,
          y=2):

    """A text."""
    z = x
    return z + y


def generates(n):
    for i in range(n):
        yield i
    return n


def closes(n):
    m = n

    def inner():
        return m
    return inner()


async def waits():
    return 1


async def awaits():
    v = await waits()
    return v


def calls(session):
    session.set_trace()
    a = plain()
    for i in generates(1):
        a += i
    closes(a)
    try:
        awaits().send(None)
    except StopIteration:
        pass
    return a


def run(backend, *commands):
    out = io.StringIO()
    session = pdb.Pdb(stdin=io.StringIO("\n".join(commands) + "\n"), stdout=out, nosigint=True, readrc=False, backend=backend)
    session.use_rawinput = False
    session.prompt = ""
    calls(session)
    sys.settrace(None)
    for line in out.getvalue().splitlines():
        print("  ", line.replace(__file__, "FILE").split("/")[-1] if "/" in line else line)


for backend in ("settrace", "monitoring"):
    print(backend)
    for commands in (
        ["c"],
        ["n", "n", "n", "n", "n", "n", "n", "c"],
        ["b plain", "b generates", "b closes", "b waits", "b awaits", "c", "p x", "c", "p n", "c", "p n", "c", "c", "c", "c"],
        ["s", "s", "s", "r", "s", "s", "s", "s", "s", "s", "s", "c"],
        ["b generates", "c", "n", "n", "n", "n", "c"],
        ["b awaits", "c", "s", "s", "s", "s", "s", "s", "c"],
    ):
        print(" ", commands)
        run(backend, *commands)
        for b in list(pdb.bdb.Breakpoint.bpbynumber):
            if b:
                b.deleteMe()
        pdb.bdb.Breakpoint.clearBreakpoints()
