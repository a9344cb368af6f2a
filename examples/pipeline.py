"""A pipeline of threads over queue.Queue: log lines -> parsed requests -> statistics.

One thread produces lines of an access log, several parse them, one aggregates. Each stage ends
when it receives the end mark; bounded queues keep a fast stage from running away.

    pipeline.py [--parsers N] [--lines N]
"""

import argparse
import os
import queue
import sys
import threading
import time

END = None
BATCH = 50
METHODS = ("GET", "GET", "GET", "POST", "PUT", "DELETE")
PATHS = ("/", "/index.html", "/api/users", "/api/items", "/static/app.js", "/login")


def log_lines(count):
    """A deterministic access log."""
    state = 1
    for i in range(count):
        state = state * 48271 % 2147483647
        status = (200, 200, 200, 304, 404, 500)[state // 7 % 6]
        yield (
            f"10.0.{state % 4}.{state // 5 % 250} - [{i:06d}] "
            f'"{METHODS[state // 11 % 6]} {PATHS[state // 13 % 6]} HTTP/1.1" {status} {state // 17 % 20000}'
        )


class Request:
    __slots__ = ("host", "method", "path", "status", "size")

    def __init__(self, line):
        head, _, rest = line.partition(' "')
        request, _, tail = rest.partition('" ')
        self.host = head.split(" ", 1)[0]
        self.method, self.path, _ = request.split(" ")
        status, size = tail.split()
        self.status = int(status)
        self.size = int(size)


def produce(count, lines):
    batch = []
    for line in log_lines(count):
        batch.append(line)
        if len(batch) == BATCH:
            lines.put(batch)
            batch = []
    if batch:
        lines.put(batch)
    lines.put(END)


def parse(lines, requests):
    while True:
        batch = lines.get()
        if batch is END:
            lines.put(END)  # for the next parser
            break
        requests.put([Request(line) for line in batch])
    requests.put(END)


class Statistics:
    def __init__(self):
        self.count = 0
        self.bytes = 0
        self.by_status = {}
        self.by_path = {}

    def add(self, request):
        self.count += 1
        self.bytes += request.size
        self.by_status[request.status] = self.by_status.get(request.status, 0) + 1
        key = request.method, request.path
        self.by_path[key] = self.by_path.get(key, 0) + 1


def aggregate(requests, parsers, statistics):
    open_parsers = parsers
    while open_parsers:
        batch = requests.get()
        if batch is END:
            open_parsers -= 1
            continue
        for request in batch:
            statistics.add(request)


def run(count, parsers):
    lines = queue.Queue(maxsize=16)
    requests = queue.Queue(maxsize=16)
    statistics = Statistics()
    threads = [threading.Thread(target=produce, args=(count, lines), name="producer")]
    threads += [threading.Thread(target=parse, args=(lines, requests), name=f"parser-{i}") for i in range(parsers)]
    threads.append(threading.Thread(target=aggregate, args=(requests, parsers, statistics), name="aggregator"))
    start = time.perf_counter()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return statistics, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description="A pipeline of threads over queue.Queue.")
    parser.add_argument("--parsers", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--small", action="store_true", help="a quick run")
    args = parser.parse_args()
    if args.small:
        args.lines = 3_000

    statistics, seconds = run(args.lines, args.parsers)
    print(f"{statistics.count} requests, {statistics.bytes} bytes")
    for status, n in sorted(statistics.by_status.items()):
        print(f"  {status}: {n}")
    top = sorted(statistics.by_path.items(), key=lambda item: (-item[1], item[0]))[:5]
    for (method, path), n in top:
        print(f"  {n:7} {method} {path}")
    print(f"{args.parsers} parsers: {seconds:.3f} s, {statistics.count / seconds:,.0f} requests/s")
    return 0 if statistics.count == args.lines else 1


if __name__ == "__main__":
    sys.exit(main())
