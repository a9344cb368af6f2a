"""At the end of a process, and of its forked children, process pools that have ended are left alone."""
import multiprocessing
import warnings
from concurrent.futures import ProcessPoolExecutor, process

warnings.simplefilter("ignore", DeprecationWarning)


class Told:
    def wakeup(self):
        print("told", flush=True)


def use(context):
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        print(pool.submit(abs, -1).result(), flush=True)
        manager = pool._executor_manager_thread
    process._threads_wakeups[manager] = Told()


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        use(context)
    child = context.Process(target=print, args=("child",))
    child.start()
    child.join()
    print(child.exitcode)
