# contextvars, alone and under asyncio and threads.
import asyncio
import contextvars
import threading

var = contextvars.ContextVar("var", default="default")
other = contextvars.ContextVar("other")
print(var.get(), other.get("fallback"), var.name)
try:
    other.get()
except LookupError as e:
    print(type(e).__name__)
token = var.set("set")
print(var.get(), token.old_value is contextvars.Token.MISSING, token.var is var)
var.reset(token)
print(var.get())
try:
    var.reset(token)
except RuntimeError as e:
    print("used once")
ctx = contextvars.copy_context()


def inside():
    var.set("inside")
    return var.get()


print(ctx.run(inside), var.get(), ctx[var], var in ctx, len(ctx), list(ctx.values()))
try:
    ctx.run(lambda: ctx.run(lambda: 0))
except RuntimeError:
    print("cannot enter twice")


async def task(n):
    var.set(n)
    await asyncio.sleep(0)
    return var.get()


async def main():
    var.set("main")
    print(await asyncio.gather(task(1), task(2)))
    print(var.get())


asyncio.run(main())
print(var.get())
seen = []


def thread():
    seen.append(var.get())
    var.set("thread")
    seen.append(var.get())


t = threading.Thread(target=thread)
t.start()
t.join()
print(seen, var.get())
with var.set("with token"):
    print(var.get())
print(var.get())
