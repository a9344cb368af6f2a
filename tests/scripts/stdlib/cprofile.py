"""cProfile: counts of calls, recursion, callers, builtins; timers; who is refused; the command line."""

import cProfile
import gc
import io
import os
import pstats
import subprocess
import sys
import tempfile

ticks = 0


def timer():
    return ticks


def spend(n):
    global ticks
    ticks += n


def fact(n):
    spend(n)
    return 1 if n < 2 else n * fact(n - 1)


def numbers():
    for i in range(3):
        spend(1)
        yield i


def work():
    spend(10)
    total = fact(4) + fact(2)
    for i in numbers():
        total += len([i])
    sorted([3, 1, 2], key=lambda x: spend(1) or x)
    try:
        fail()
    except ValueError:
        pass
    return total


def fail():
    spend(2)
    raise ValueError


def shown(profile):
    profile.create_stats()
    for (file, line, name), (calls, all_calls, own, whole, callers) in sorted(profile.stats.items()):
        if "disable" in name or "enable" in name:
            continue
        place = os.path.basename(file)
        print(place if place == "~" else bool(line), name, calls, all_calls, own, whole)
        for (_, _, caller), parts in sorted(callers.items()):
            print("    by", caller, *parts)


# What importing has left is gone before calls are counted: its weak references have callbacks.
gc.collect()
gc.collect()
profile = cProfile.Profile(timer, 0.5)
print(profile.runcall(work))
shown(profile)
profile = cProfile.Profile(timer, subcalls=False, builtins=False)
profile.enable(subcalls=False, builtins=False)
work()
profile.disable()
shown(profile)
with cProfile.Profile() as profile:
    fact(3)
    print(sys.monitoring.get_tool(sys.monitoring.PROFILER_ID))
    other = cProfile.Profile()
    try:
        other.enable()
    except ValueError as e:
        print(e)
print(sys.monitoring.get_tool(sys.monitoring.PROFILER_ID))
print(sorted((e.code.co_name, e.callcount, e.reccallcount) for e in profile.getstats() if not isinstance(e.code, str)))
[entry] = [e for e in profile.getstats() if getattr(e.code, "co_name", "") == "fact"]
print(entry.totaltime >= entry.inlinetime > 0, type(entry).__name__, sorted(type(c).__name__ for c in entry.calls))
profile.clear()
print(profile.getstats())
for args in (1, "x"), (None, None):
    try:
        cProfile.Profile(*args)
    except TypeError as e:
        print(e)

# Native class methods, called where they were called before.
def keys(items):
    return list(dict.fromkeys(items)), int.from_bytes(b"a")


for _ in range(3):
    keys("a")
profile = cProfile.Profile()
print(profile.runcall(keys, "ab"), sorted(e.code for e in profile.getstats() if isinstance(e.code, str)))

# A timer that disables its profiler.
told = []
sys.unraisablehook = lambda info: told.append(info.exc_type.__name__)


class Evil:
    count = 0

    def __call__(self):
        self.count += 1
        if self.count == 1:
            evil.disable()
        return self.count


evil = cProfile.Profile(Evil())
evil.enable()
fact(1)
evil.disable()
sys.unraisablehook = sys.__unraisablehook__
print(told)

out = io.StringIO()
profile = cProfile.Profile(timer, 0.5)
profile.runctx("work()", globals(), {})
pstats.Stats(profile, stream=out).strip_dirs().sort_stats("stdname").print_stats("fact|spend")
print([line for line in out.getvalue().splitlines() if line.endswith(")") and "cprofile.py" in line])

with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(folder, "script.py")
    with open(script, "w") as f:
        f.write("import sys, __main__\nclass C: pass\nassert __main__.C is C and __spec__ is None\nprint(__name__, sys.argv[1:])\n")
    stats = os.path.join(folder, "stats")
    for args in ([], [script, "a"], ["-o", stats, script], ["-s", "demo"], ["-m", "this_is_missing"], ["-m", "calendar", "2024", "1"]):
        done = subprocess.run([sys.executable, "-m", "cProfile", *args], capture_output=True, text=True)
        print(done.returncode, [l for l in done.stdout.splitlines() if "seconds" not in l][:2], "invalid choice" in done.stderr)
    print(len(pstats.Stats(stats).stats) > 3)
