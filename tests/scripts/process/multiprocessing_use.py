"""multiprocessing with every start method: processes, queues, pipes, locks, pools, managers, shared memory."""
import multiprocessing as mp
import os
import sys
import threading
from multiprocessing import shared_memory


def square(x):
    return x * x


def fail(x):
    raise ValueError(x)


def put(q, n):
    q.put((os.getpid() != os.getppid(), n, [n] * n))


def count(lock, path, n):
    for _ in range(n):
        with lock:
            with open(path) as f:
                k = int(f.read())
            with open(path, "w") as f:
                f.write(str(k + 1))


def echo(conn):
    while (x := conn.recv()) is not None:
        conn.send([x])
    conn.close()


def wait_for(event, barrier, done):
    event.wait(30)
    barrier.wait(30)
    done.release()


def exit_with(code):
    sys.exit(code)


def raise_error():
    sys.stderr = open(os.devnull, "w")
    raise RuntimeError("in the child")


def touch(name):
    shm = shared_memory.SharedMemory(name)
    shm.buf[0] = 42
    shm.close()


def main(method):
    import tempfile
    ctx = mp.get_context(method)
    q = ctx.Queue()
    ps = [ctx.Process(target=put, args=(q, n)) for n in range(3)]
    for p in ps:
        p.start()
    print(sorted(q.get(timeout=30) for _ in ps))
    for p in ps:
        p.join()
    print([p.exitcode for p in ps], [p.is_alive() for p in ps])
    p = ctx.Process(target=exit_with, args=(3,))
    p.start()
    p.join()
    e = ctx.Process(target=raise_error)
    e.start()
    e.join()
    print(p.exitcode, e.exitcode)
    a, b = ctx.Pipe()
    p = ctx.Process(target=echo, args=(b,))
    p.start()
    for x in (1, "two", {"three": 3}, b"x" * 300_000):
        a.send(x)
        print(a.recv() == [x], end=" ")
    a.send(None)
    p.join()
    print(p.exitcode)
    lock = ctx.Lock()
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "n")
        with open(path, "w") as f:
            f.write("0")
        ps = [ctx.Process(target=count, args=(lock, path, 20)) for _ in range(3)]
        for p in ps:
            p.start()
        for p in ps:
            p.join()
        print(open(path).read())
    event, barrier, done = ctx.Event(), ctx.Barrier(3), ctx.Semaphore(0)
    ps = [ctx.Process(target=wait_for, args=(event, barrier, done)) for _ in range(2)]
    for p in ps:
        p.start()
    event.set()
    barrier.wait(30)
    print(done.acquire(timeout=30), done.acquire(timeout=30), done.acquire(False), done.acquire(timeout=0.01))
    for p in ps:
        p.join()
    with ctx.Pool(2) as pool:
        print(pool.map(square, range(10)), pool.apply(square, (7,)), sorted(pool.imap_unordered(square, [3, 4])))
        print(pool.starmap(pow, [(2, 3), (3, 2)]), pool.apply_async(square, (5,)).get(30))
        try:
            pool.apply(fail, ("why",))
        except ValueError as err:
            print("ValueError", err)
    shm = shared_memory.SharedMemory(create=True, size=100)
    p = ctx.Process(target=touch, args=(shm.name,))
    p.start()
    p.join()
    print(shm.buf[0], shm.size >= 100)
    shm.close()
    shm.unlink()
    r = ctx.RLock()
    with r:
        with r:
            print(r.acquire(False), r.release())
    try:
        r.release()
    except AssertionError as err:
        print(err)
    with ctx.Manager() as m:
        d, l = m.dict(), m.list([1])
        d["k"] = 1
        l.append(2)
        print(dict(d), list(l))


if __name__ == "__main__":
    import warnings
    warnings.simplefilter("ignore")
    for method in ("fork", "spawn", "forkserver"):
        print("---", method)
        sys.stdout.flush()
        main(method)
    print(threading.active_count(), mp.active_children(), mp.cpu_count() > 0)
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2, mp_context=mp.get_context("spawn")) as ex:
        print(list(ex.map(square, range(5))), ex.submit(square, 9).result())
