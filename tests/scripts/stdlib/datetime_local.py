"""Local time of several zones: timestamps, folds and gaps, astimezone, zoneinfo."""

import os
import time as _time
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo


def tried(f):
    try:
        return f()
    except (ArithmeticError, ValueError, OSError) as e:
        return f"{type(e).__name__}: {e}"


for name in ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "EST+05EDT,M3.2.0,M11.1.0", "Asia/Kolkata"]:
    os.environ["TZ"] = name
    _time.tzset()
    print("==", name)
    for t in [0, 1.5, -1, 1e9, 1700000000.123456, 253402300799, 1729990800, 1729994400, 1711846800, -62135596800]:
        print(t, tried(lambda: datetime.fromtimestamp(t)), tried(lambda: datetime.fromtimestamp(t).fold), tried(lambda: date.fromtimestamp(t)), tried(lambda: datetime.fromtimestamp(t).timestamp()))
    for m in [datetime(2024, 10, 27, 2, 30), datetime(2024, 3, 31, 2, 30), datetime(2024, 11, 3, 1, 30), datetime(2024, 3, 10, 2, 30), datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999), datetime(1970, 1, 1), datetime(2024, 4, 7, 1, 45), datetime(2024, 10, 6, 2, 15)]:
        for fold in (0, 1):
            m = m.replace(fold=fold)
            print(m, fold, tried(m.timestamp), tried(m.astimezone), tried(lambda: m.astimezone(UTC)), tried(lambda: m.astimezone(timezone(timedelta(hours=5)))))
    aware = datetime(2024, 7, 1, 12, tzinfo=UTC).astimezone()
    print(aware, repr(aware.tzinfo), aware.tzname(), aware.strftime("%c %Z %z"))
    print(datetime(2024, 7, 1).strftime("%Z|%z|%c|%x|%X|%s"), date(2024, 7, 1).strftime("%Z|%z"))

berlin = ZoneInfo("Europe/Berlin")
for m in [datetime(2024, 10, 27, 2, 30), datetime(2024, 3, 31, 2, 30), datetime(2024, 7, 1), datetime(2024, 1, 1)]:
    for fold in (0, 1):
        m = m.replace(tzinfo=berlin, fold=fold)
        u = m.astimezone(UTC)
        print(m, u, m.dst(), m.tzname(), u.astimezone(berlin), u == m, m == u, m - u, hash(m) == hash(m.replace(fold=1 - fold)), m.timetuple().tm_isdst)
now = datetime.now()
print(abs(now.timestamp() - _time.time()) < 60, abs(datetime.now(UTC).timestamp() - _time.time()) < 60, abs((datetime.now(berlin) - datetime.now(UTC))) < timedelta(minutes=1))
print(datetime.today() >= now, date.today() in (now.date(), now.date() + timedelta(1)))
