"""sys.set_coroutine_origin_tracking_depth."""
import asyncio
import sys

print(sys.get_coroutine_origin_tracking_depth())
for depth in (-1, "1", 1 << 40):
    try:
        sys.set_coroutine_origin_tracking_depth(depth)
    except Exception as e:
        print(type(e).__name__, e)


async def made():
    pass


def inner():
    return made()


def outer():
    return inner()


for depth in (0, 1, 2):
    sys.set_coroutine_origin_tracking_depth(depth)
    c = outer()
    print(sys.get_coroutine_origin_tracking_depth(), c.cr_origin and [(line, name) for _, line, name in c.cr_origin])
    c.close()
sys.set_coroutine_origin_tracking_depth(0)


async def main():
    return sys.get_coroutine_origin_tracking_depth() > 0


print(asyncio.run(main(), debug=True), sys.get_coroutine_origin_tracking_depth())
