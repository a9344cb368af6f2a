# Every async form driven by hand, without asyncio.
class Step:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        got = yield self.v
        return got


def drive(coro, replies=()):
    sent = None
    log = []
    replies = iter(replies)
    while True:
        try:
            log.append(coro.send(sent))
        except StopIteration as e:
            return log, e.value
        sent = next(replies, None)


async def simple():
    a = await Step(1)
    b = await Step(2)
    return a, b


print(drive(simple(), ["x", "y"]))


class AIter:
    def __init__(self, n):
        self.n = n
        self.i = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i == self.n:
            raise StopAsyncIteration
        self.i += 1
        await Step(f"step{self.i}")
        return self.i


async def loop():
    out = []
    async for v in AIter(3):
        if v == 2:
            continue
        out.append(v)
    else:
        out.append("else")
    return out


print(drive(loop()))


class ACM:
    def __init__(self, swallow=False):
        self.swallow = swallow

    async def __aenter__(self):
        await Step("enter")
        return self

    async def __aexit__(self, kind, value, tb):
        await Step("exit")
        return self.swallow


async def ctx():
    async with ACM() as a, ACM(True):
        raise ValueError("swallowed")
    async with ACM():
        return "returned"


print(drive(ctx()))


async def agen(n):
    for i in range(n):
        await Step(f"g{i}")
        yield i * 10


async def use_agen():
    total = [x async for x in agen(3)]
    evens = {x async for x in agen(3) if x % 20 == 0}
    pairs = {x: y async for x in agen(2) for y in [x + 1]}
    waited = [await Step(i) for i in range(2)]
    gen = (x async for x in agen(2))
    first = await gen.__anext__()
    return total, evens, pairs, waited, first


print(drive(use_agen(), range(100)))


async def err():
    try:
        await 5
    except TypeError as e:
        print(e)
    try:
        async for _ in [1]:
            pass
    except TypeError as e:
        print(e)
    try:
        async with 3:
            pass
    except TypeError as e:
        print(e)


drive(err())
c = simple()
print(type(c).__name__, c.cr_running, c.__name__)
c.close()
try:
    c.send(None)
except RuntimeError as e:
    print(e)


async def lam():
    f = lambda: (yield)
    return [x for x in f.__code__.co_name]


print(drive(lam()))
