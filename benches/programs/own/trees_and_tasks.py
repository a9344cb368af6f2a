"""Trees walked by recursive generators, plugins found by their classes, decorators, and a tree of asyncio tasks."""

import asyncio
import contextlib
import functools
import inspect
from abc import ABC, abstractmethod
from collections import deque


class Node:
    __slots__ = ("key", "left", "right")

    def __init__(self, key, left=None, right=None):
        self.key, self.left, self.right = key, left, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.key
        if self.right:
            yield from self.right

    def leaves(self):
        if not self.left and not self.right:
            yield self
        for child in (self.left, self.right):
            if child:
                yield from child.leaves()

    def levels(self):
        queue = deque([(self, 0)])
        while queue:
            node, depth = queue.popleft()
            yield depth, node.key
            queue.extend((child, depth + 1) for child in (node.left, node.right) if child)


def insert(node, key):
    if node is None:
        return Node(key)
    if key < node.key:
        node.left = insert(node.left, key)
    elif key > node.key:
        node.right = insert(node.right, key)
    return node


class Plugin(ABC):
    registry = {}

    def __init_subclass__(cls, /, name=None, **kwargs):
        super().__init_subclass__(**kwargs)
        if not inspect.isabstract(cls) and name:
            cls.registry[name] = cls

    @abstractmethod
    def apply(self, value): ...


class Double(Plugin, name="double"):
    def apply(self, value):
        return value * 2


class Clamp(Plugin, name="clamp"):
    def __init__(self, low=0, high=100):
        self.low, self.high = low, high

    def apply(self, value):
        return max(self.low, min(self.high, value))


class Chain(Plugin, name="chain"):
    def __init__(self, *names):
        self.parts = [Plugin.registry[name]() for name in names]

    def apply(self, value):
        return functools.reduce(lambda v, part: part.apply(v), self.parts, value)


def retry(times, exceptions=(ValueError,)):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return f(*args, attempt=attempt, **kwargs)
                except exceptions:
                    if attempt == times - 1:
                        raise
            return None

        return wrapper

    return decorate


@retry(3)
def unreliable(n, *, attempt):
    if n % 3 > attempt:
        raise ValueError(n)
    return n * 10 + attempt


@functools.lru_cache(maxsize=64)
def partitions(n, largest):
    if n == 0:
        return 1
    return sum(partitions(n - k, k) for k in range(min(n, largest), 0, -1))


@contextlib.contextmanager
def collected(log, name):
    log.append(f"+{name}")
    try:
        yield log.append
    except KeyError as e:
        log.append(f"caught {e}")
    finally:
        log.append(f"-{name}")


async def worker(queue, results, plugin):
    while (item := await queue.get()) is not None:
        await asyncio.sleep(0)
        results.append(plugin.apply(item))
        queue.task_done()


async def subtree(depth, limit):
    async with limit:
        await asyncio.sleep(0)
    if depth == 0:
        return 1
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(subtree(depth - 1, limit)) for _ in range(3)]
    return 1 + sum(t.result() for t in tasks)


async def squares(n):
    for i in range(n):
        if i % 8 == 0:
            await asyncio.sleep(0)
        yield i * i


async def main():
    queue, results = asyncio.Queue(maxsize=5), []
    plugin = Chain("double", "clamp")
    workers = [asyncio.create_task(worker(queue, results, plugin)) for _ in range(3)]
    for i in range(60):
        await queue.put(i)
    await queue.join()
    for _ in workers:
        await queue.put(None)
    await asyncio.gather(*workers)
    counted = await subtree(4, asyncio.Semaphore(10))
    total = sum([s async for s in squares(40)])
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0):
            await asyncio.sleep(1)
    return sum(results), counted, total


def run(n):
    out = []
    for k in range(n):
        tree = None
        for i in range(200):
            tree = insert(tree, (i * 7919 + k) % 1009)
        keys = list(tree)
        assert keys == sorted(keys)
        depth = max(d for d, _ in tree.levels())
        log = []
        with collected(log, "outer") as note:
            with collected(log, "inner"):
                note(unreliable(k))
                {}["missing"]
            note(unreliable(5))
        partitions.cache_clear()
        out.append((len(keys), depth, sum(1 for _ in tree.leaves()), len(log), partitions(30, 30), asyncio.run(main())))
    return str(out[-1]) + str(len(out))
