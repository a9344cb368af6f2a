"""Reads the log of a web server: patterns, counters, dates, a report."""

import random
import re
from collections import Counter, defaultdict, namedtuple
from datetime import datetime, timedelta

LINE = re.compile(
    r'(?P<host>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]+) (?P<path>\S+) HTTP/(?P<version>[\d.]+)" '
    r'(?P<status>\d{3}) (?P<size>\d+|-) "(?P<referer>[^"]*)" "(?P<agent>[^"]*)"'
)
Entry = namedtuple("Entry", "host user time method path status size agent")

PATHS = ["/", "/index.html", "/about", "/products/{}", "/cart", "/api/v1/items/{}?page=2", "/static/app.js", "/login", "/admin", "/img/{}.png"]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "Googlebot/2.1 (+http://www.google.com/bot.html)", "python-requests/2.31"]


def make_log(lines, seed):
    rnd = random.Random(seed)
    now = datetime(2024, 3, 1, 8, 0, 0)
    for _ in range(lines):
        now += timedelta(seconds=rnd.expovariate(0.5))
        if rnd.random() < 0.01:
            yield "garbage that is no entry at all"
            continue
        path = rnd.choice(PATHS).format(rnd.randrange(200))
        status = rnd.choices([200, 304, 404, 500, 302], [80, 8, 7, 1, 4])[0]
        size = "-" if status == 304 else rnd.randrange(200, 50_000)
        yield (
            f"10.0.{rnd.randrange(4)}.{rnd.randrange(30)} - {rnd.choice(['-', 'ann', 'bob'])} [{now:%d/%b/%Y:%H:%M:%S} +0000] "
            f'"{rnd.choice(["GET", "GET", "POST"])} {path} HTTP/1.1" {status} {size} "-" "{rnd.choice(AGENTS)}"'
        )


def parse(lines):
    for number, line in enumerate(lines, 1):
        if m := LINE.match(line):
            g = m.groupdict()
            when = datetime.strptime(g["time"].split()[0], "%d/%b/%Y:%H:%M:%S")
            size = 0 if g["size"] == "-" else int(g["size"])
            yield Entry(g["host"], g["user"], when, g["method"], g["path"], int(g["status"]), size, g["agent"])
        else:
            yield number


def sessions(entries, gap=timedelta(minutes=5)):
    last, open_ = {}, defaultdict(list)
    for e in entries:
        if e.host in last and e.time - last[e.host] > gap:
            yield e.host, open_.pop(e.host)
        last[e.host] = e.time
        open_[e.host].append(e)
    yield from open_.items()


def report(lines):
    entries, bad = [], []
    for item in parse(lines):
        (entries if isinstance(item, Entry) else bad).append(item)
    statuses = Counter(e.status for e in entries)
    pages = Counter(re.sub(r"\d+", "N", e.path.partition("?")[0]) for e in entries if e.status < 400)
    traffic = defaultdict(int)
    for e in entries:
        traffic[e.time.replace(minute=0, second=0, microsecond=0)] += e.size
    busiest = max(traffic, key=traffic.get)
    lengths = sorted(((s[-1].time - s[0].time).total_seconds() for _, s in sessions(entries)), reverse=True)
    bots = {e.host for e in entries if "bot" in e.agent.lower()}
    out = [f"{len(entries)} entries, {len(bad)} bad lines (first: {bad[:2]})"]
    out += [f"{status}: {n:6,}" for status, n in sorted(statuses.items())]
    out += [f"{path:<24}{n:>6}{n / len(entries):>8.1%}" for path, n in pages.most_common(4)]
    out.append(f"busiest hour {busiest:%Y-%m-%d %H:%M} with {traffic[busiest]:,} bytes; {len(lengths)} sessions, longest {lengths[0]:.0f} s; {len(bots)} bots")
    return "\n".join(out)


def run(n):
    return hash_of("".join(report(make_log(700, seed)) for seed in range(n)))


def hash_of(text):
    total = 0
    for c in text:
        total = (total * 131 + ord(c)) % 2**31
    return total
