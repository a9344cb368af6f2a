"""Counts every identifier in many Python files, on one thread and on several.

By default the input is the standard library's own source: ProtoPython carries it in the binary,
on other interpreters it is read from the library folder. The threads draw files from one shared
list and count into tables that they share with the main thread.

    count_names.py [--threads N] [--paths FILE_OR_FOLDER ...] [--top K] [--limit FILES]
"""

import argparse
import keyword
import os
import sys
import threading
import time

# What a byte of source starts: a table is faster than a chain of tests, on every interpreter.
NAME, SPACE, QUOTE, HASH, DIGIT, OTHER = range(6)
KIND = {}
for _c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_":
    KIND[_c] = NAME
for _c in "0123456789":
    KIND[_c] = DIGIT
for _c in " \t\r\n\f":
    KIND[_c] = SPACE
KIND["'"] = KIND['"'] = QUOTE
KIND["#"] = HASH
# Characters after which a name goes on.
NAME_PART = {c for c, k in KIND.items() if k == NAME or k == DIGIT}
STRING_PREFIXES = {"r", "b", "u", "f", "t", "rb", "br", "fr", "rf", "tr", "rt"}


def skip_string(text, i):
    """The index after the string literal whose opening quote is at `i`."""
    quote = text[i]
    triple = quote * 3
    if text.startswith(triple, i):
        closing, i, multiline = triple, i + 3, True
    else:
        closing, i, multiline = quote, i + 1, False
    size = len(text)
    while i < size:
        c = text[i]
        if c == "\\":
            i += 2
        elif c == quote and (not multiline or text.startswith(closing, i)):
            return i + len(closing)
        elif c == "\n" and not multiline:
            return i
        else:
            i += 1
    return size


def count_identifiers(text, counts):
    """Adds each identifier of `text` outside strings and comments to `counts`; returns how many."""
    i = 0
    size = len(text)
    found = 0
    kinds = KIND
    parts = NAME_PART
    while i < size:
        c = text[i]
        kind = kinds.get(c, OTHER)
        if kind == NAME or (kind == OTHER and c > "\x7f" and c.isidentifier()):
            start = i
            i += 1
            while i < size and (text[i] in parts or (text[i] > "\x7f" and text[i].isalnum())):
                i += 1
            name = text[start:i]
            if i < size and (text[i] == '"' or text[i] == "'") and name.lower() in STRING_PREFIXES:
                i = skip_string(text, i)
                continue
            counts[name] = counts.get(name, 0) + 1
            found += 1
        elif kind == QUOTE:
            i = skip_string(text, i)
        elif kind == HASH:
            i = text.find("\n", i)
            if i < 0:
                break
        elif kind == DIGIT:
            i += 1
            while i < size and (text[i] in parts or text[i] == "."):
                i += 1
        else:
            i += 1
    return found


def library_sources():
    """The (name, source) pairs of the standard library of the running interpreter."""
    carried = getattr(sys, "_stdlib_sources", None)
    if carried is not None:
        return sorted(carried())
    return read_files([os.path.dirname(os.__file__)])


def read_files(paths):
    """The (path, source) pairs of all Python files among and below `paths`."""
    names = []
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, files in os.walk(path):
                folders[:] = [f for f in folders if f not in ("__pycache__", "site-packages", "test")]
                names += [os.path.join(folder, f) for f in files if f.endswith(".py")]
        else:
            names.append(path)
    sources = []
    for name in sorted(names):
        with open(name, encoding="utf-8", errors="replace") as f:
            sources.append((name, f.read()))
    return sources


class Job:
    """What the threads share: the files still to do, and the results."""

    def __init__(self, sources):
        # Big files first, so that no thread is left with one at the end.
        self.todo = sorted(sources, key=lambda s: len(s[1]))
        self.lock = threading.Lock()
        self.totals = {}
        self.per_file = {}

    def run(self):
        """Takes files until none is left, then merges what it counted."""
        counts = {}
        while True:
            try:
                name, text = self.todo.pop()
            except IndexError:
                break
            self.per_file[name] = count_identifiers(text, counts)
        with self.lock:
            totals = self.totals
            for name, n in counts.items():
                totals[name] = totals.get(name, 0) + n


def count(sources, threads):
    """Counts on `threads` threads; returns (totals, per file, seconds)."""
    job = Job(sources)
    workers = [threading.Thread(target=job.run) for _ in range(threads)]
    start = time.perf_counter()
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    return job.totals, job.per_file, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description="Counts the identifiers of Python files on several threads.")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2, help="threads (default: all cores)")
    parser.add_argument("--paths", nargs="+", metavar="PATH", help="files or folders instead of the standard library")
    parser.add_argument("--top", type=int, default=15, metavar="K", help="rows of the table")
    parser.add_argument("--limit", type=int, metavar="FILES", help="only the first FILES files")
    parser.add_argument("--names-only", action="store_true", help="leave keywords out of the table")
    parser.add_argument("--small", action="store_true", help="a quick run over a few files")
    args = parser.parse_args()
    if args.threads < 1:
        parser.error("--threads must be at least 1")

    start = time.perf_counter()
    sources = read_files(args.paths) if args.paths else library_sources()
    if args.small and args.limit is None:
        args.limit = 20
    if args.limit is not None:
        sources = sources[: args.limit]
    size = sum(len(text) for _, text in sources)
    print(f"read {len(sources)} files, {size / 1e6:.1f} million characters, in {time.perf_counter() - start:.2f} s")

    totals, per_file, alone = count(sources, 1)
    rows = sorted(totals.items(), key=lambda row: (-row[1], row[0]))
    if args.names_only:
        rows = [row for row in rows if not keyword.iskeyword(row[0])]
    print(f"{sum(totals.values())} identifiers, {len(totals)} different\n")
    for name, n in rows[: args.top]:
        print(f"{n:9,}  {name}")
    if per_file:
        fullest = max(per_file, key=lambda name: (per_file[name], name))
        print(f"\nmost in one file: {per_file[fullest]:,} in {fullest}")
    print(f"\n1 thread:  {alone:.3f} s")
    if args.threads > 1:
        again, per_file_again, together = count(sources, args.threads)
        if again != totals or per_file_again != per_file:
            print("error: the threads disagree with the single thread", file=sys.stderr)
            return 1
        print(f"{args.threads} threads: {together:.3f} s, {alone / together:.2f} times as fast")
    return 0


if __name__ == "__main__":
    sys.exit(main())
