"""A cluster on this machine: a scheduler and two worker processes."""

import os

import dask
import dask.bag
from distributed import Client, LocalCluster, as_completed, get_worker


def where(n):
    return n, get_worker().address


class Counter:
    def __init__(self):
        self.n = 0

    def add(self, k):
        self.n += k
        return self.n


def fail(n):
    raise ValueError(f"no {n}")


def main():
    with LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=":0") as cluster, Client(cluster) as client:
        client.wait_for_workers(2)
        print(sorted(worker["nthreads"] for worker in client.scheduler_info()["workers"].values()))
        print(client.submit(lambda a, b: a * b, 6, 7).result())
        print(sum(client.gather(client.map(lambda n: n * n, range(500)))))
        print(sorted(future.result() for future in as_completed(client.map(str, range(5)))))
        workers = {address for _, address in client.gather(client.map(where, range(100)))}
        print(workers <= set(client.scheduler_info()["workers"]))

        data = client.scatter(list(range(1000)), broadcast=True)
        chain = [data]
        for _ in range(3):
            chain.append(client.submit(sum, [client.submit(len, data), 1]))
        print(client.gather(chain[1:]))

        bag = dask.bag.from_sequence(range(10_000), npartitions=8)
        print(sorted(bag.map(lambda n: n % 7).frequencies().compute()))
        inc = dask.delayed(lambda n: n + 1)
        print(dask.delayed(sum)([inc(n) for n in range(20)]).compute())

        counter = client.submit(Counter, actor=True).result()
        print([counter.add(k).result() for k in (1, 2, 3)])

        try:
            client.submit(fail, 3).result()
        except ValueError as e:
            print("ValueError", e)
        cancelled = client.submit(fail, 4)
        print(type(cancelled.exception()).__name__, cancelled.status)

        # What a lost worker had is made again.
        futures = client.map(lambda n: n + 0.5, range(50), pure=False)
        client.gather(futures)
        victim = next(iter(client.scheduler_info()["workers"]))
        client.run(os._exit, 1, workers=[victim], on_error="ignore")
        print(sum(client.gather(client.map(lambda x: x * 2, futures))))


if __name__ == "__main__":
    main()
