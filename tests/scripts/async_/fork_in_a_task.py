# A child process that is made in a task is in no task and has none; a loop of its own runs there.
import asyncio
import os
import sys


def child(f):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            f()
            code = 0
        except BaseException as e:
            print("failed:", type(e).__name__, e)
        finally:
            sys.stdout.flush()
            os._exit(code)
    print("exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


async def other():
    await asyncio.sleep(0)
    print("other:", asyncio.current_task() is not None, len(asyncio.all_tasks()))
    return 3


async def main():
    loop = asyncio.get_running_loop()
    waits = asyncio.create_task(asyncio.sleep(30))

    def looks():
        try:
            asyncio.get_running_loop()
        except RuntimeError as e:
            print(e)
        asyncio._set_running_loop(loop)
        print(asyncio.current_task(), len(asyncio.all_tasks(loop)))
        asyncio._set_running_loop(None)

    def runs():
        print("ran", asyncio.run(other()))

    child(looks)
    child(runs)
    print(asyncio.current_task() is not None, len(asyncio.all_tasks()))
    waits.cancel()


asyncio.run(main())
