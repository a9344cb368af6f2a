"""Random arithmetic with dates, times and durations, summed up; the same numbers on every run."""

import hashlib
import pickle
import random
from datetime import UTC, date, datetime, time, timedelta, timezone

R = random.Random(20240229)
NUMBERS = [0, 1, -1, 2, 3, 7, -10, 1000, 86399, 86400, 10**6, 10**9, -10**9, 10**12, 0.5, -0.5, 1.5, 1e-6, 5e-7, 1e-7, 0.1, 1 / 3, 1e9, 1e17, 123456.7890625]


def delta():
    if R.random() < 0.3:
        return timedelta(R.randint(-10**6, 10**6), R.randint(-10**6, 10**6), R.randint(-10**7, 10**7))
    kind = R.choice(["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"])
    other = R.choice(["days", "seconds", "microseconds"])
    values = {kind: R.choice(NUMBERS) * R.random() if R.random() < 0.5 else R.choice(NUMBERS), other: R.choice(NUMBERS)}
    return timedelta(**values)


def zone():
    n = R.randint(-86399, 86399)
    return R.choice([None, UTC, timezone(timedelta(seconds=n)), timezone(timedelta(hours=R.randint(-23, 23)), "name"), timezone(timedelta(seconds=n, microseconds=R.randint(0, 999999)))])


def moment():
    d = date.fromordinal(R.randint(1, date.max.toordinal()))
    t = time(R.randrange(24), R.randrange(60), R.randrange(60), R.choice([0, 1, 999999, R.randrange(10**6)]), zone(), fold=R.randrange(2))
    return datetime.combine(d, t)


def tried(f):
    try:
        return repr(f())
    except (ArithmeticError, ValueError, TypeError) as e:
        return f"{type(e).__name__}: {e}"


OPERATIONS = {
    "delta +": lambda: (lambda a, b: (a + b, a - b, -a, +a, abs(b)))(delta(), delta()),
    "delta *": lambda: delta() * R.choice(NUMBERS),
    "delta /": lambda: delta() / R.choice(NUMBERS),
    "delta / delta": lambda: (lambda a, b: (a / b, a // b, a % b, divmod(a, b)))(delta(), delta()),
    "delta //": lambda: delta() // R.choice([1, 2, 3, -7, 10**6, 10**20]),
    "delta text": lambda: (lambda a: (str(a), a.total_seconds(), hash(a), bool(a), tuple(a.__reduce__()[1])))(delta()),
    "delta order": lambda: (lambda a, b: (a < b, a <= b, a == b, a != b, a > b, a >= b, max(a, b)))(delta(), delta()),
    "moment + delta": lambda: moment() + delta(),
    "moment - delta": lambda: moment() - delta(),
    "moment - moment": lambda: moment() - moment(),
    "moment order": lambda: (lambda a, b: (a == b, a < b, a >= b))(moment(), moment()),
    "date": lambda: (lambda d: (d, d.isocalendar(), d.weekday(), d.isoweekday(), d.toordinal(), d.ctime(), d.timetuple()))(moment().date()),
    "date + delta": lambda: (lambda d, e: (d + e, d - e, d - moment().date()))(moment().date(), delta()),
    "text": lambda: (lambda m: (str(m), m.isoformat(timespec=R.choice(["auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"])), repr(m.timetz()), m.timetz().isoformat()))(moment()),
    "strftime": lambda: moment().strftime("%Y-%m-%d %H:%M:%S.%f %z %:z %Z %j %a %b %y %G %V %u %w %% %p %I"),
    "again": lambda: (lambda m: datetime.fromisoformat(m.isoformat()) == m and date.fromisoformat(m.date().isoformat()) == m.date())(moment()),
    "pickle": lambda: (lambda m: [pickle.loads(pickle.dumps(m, p)) == m for p in range(6)] + [pickle.loads(pickle.dumps(m.timetz(), 5)), m.__reduce_ex__(4)])(moment()),
    "timestamp": lambda: moment().replace(tzinfo=UTC).timestamp(),
    "fromtimestamp": lambda: datetime.fromtimestamp(R.choice([R.uniform(-6e10, 2.5e11), R.randint(-6 * 10**10, 2 * 10**11), R.randint(-10**6, 10**6) + 0.5e-6]), zone() or UTC),
    "astimezone": lambda: moment().replace(tzinfo=UTC).astimezone(zone() or UTC),
    "utctimetuple": lambda: moment().utctimetuple(),
    "hash": lambda: (lambda m: hash(m) == hash(m.replace(fold=1 - m.fold)) and hash(m.replace(tzinfo=UTC)) == hash(m.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=1)))))(moment()),
    "time order": lambda: (lambda a, b: (a == b, a != b, a < b))(moment().timetz(), moment().timetz()),
}

for name, f in OPERATIONS.items():
    results = [tried(f) for _ in range(400)]
    print(name, results[0], hashlib.sha256("\n".join(results).encode()).hexdigest())
