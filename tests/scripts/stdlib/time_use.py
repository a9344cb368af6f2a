# time: clocks, struct_time, strftime, strptime; datetime's basics.
import time

t = time.gmtime(1700000000)
print(t, t.tm_year, t[1], len(t), tuple(t), t.tm_yday, t.tm_zone, t.tm_gmtoff)
print(time.strftime("%Y-%m-%d %H:%M:%S %j %a %A %b %B %p %y %I %w %U %%", t), time.asctime(t), time.ctime(0), time.strftime("%c|%x|%X", t))
print(time.mktime(time.localtime(1700000000)), time.strptime("2024-05-06 07:08:09", "%Y-%m-%d %H:%M:%S")[:6], time.strptime("06 May 24", "%d %b %y").tm_mon)
for bad in (lambda: time.strptime("x", "%Y"), lambda: time.strptime("2024", "%Q"), lambda: time.gmtime("a"), lambda: time.mktime((1, 2)), lambda: time.sleep("a"), lambda: time.asctime(5), lambda: time.strftime(5)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
a = time.monotonic()
b = time.perf_counter()
c = time.process_time()
time.sleep(0.02)
print(time.monotonic() - a >= 0.02, time.perf_counter() - b >= 0.02, time.process_time() >= c, time.time() > 1.7e9, time.time_ns() > 1.7e18, time.monotonic_ns() > 0, time.perf_counter_ns() > 0, time.thread_time() >= 0)
print(time.timezone, time.altzone, time.tzname, time.daylight, time.get_clock_info("monotonic").monotonic, type(time.get_clock_info("time").resolution).__name__)
s = time.struct_time((2024, 1, 2, 3, 4, 5, 6, 7, 0))
print(s, s.tm_sec, s == (2024, 1, 2, 3, 4, 5, 6, 7, 0), time.strftime("%H", s))
from datetime import date, datetime, time as dtime, timedelta, timezone

d = datetime(2024, 2, 29, 12, 30, 15, 123456)
print(d, repr(d), d.isoformat(), d.date(), d.time(), d.year, d.weekday(), d.isocalendar(), d.strftime("%d/%m/%y %H.%M %f"), d.replace(year=2023, day=1), d.timetuple()[:6])
print(d + timedelta(days=1, hours=5), d - timedelta(weeks=1), d - datetime(2024, 1, 1), datetime(2024, 1, 1) < d, timedelta(days=1.5, seconds=-10), timedelta(1) / 2, timedelta(5) // timedelta(2), abs(timedelta(-1)), timedelta(hours=3).total_seconds(), divmod(timedelta(5), timedelta(2)))
print(date(2024, 12, 25).toordinal(), date.fromordinal(739000), date.fromisoformat("2024-01-31"), datetime.fromisoformat("2024-01-02T03:04:05+02:00"), datetime.strptime("5 Mar 2021", "%d %b %Y"), date(2024, 1, 1).ctime(), date.max, dtime(1, 2, 3).isoformat(), dtime.fromisoformat("04:05"))
tz = timezone(timedelta(hours=2), "CEST")
print(datetime(2024, 1, 1, tzinfo=tz), datetime(2024, 1, 1, tzinfo=tz).astimezone(timezone.utc), tz, tz.utcoffset(None), datetime.fromtimestamp(0, timezone.utc), datetime(2024, 1, 1, tzinfo=timezone.utc).timestamp(), repr(timezone.utc))
for bad in (lambda: date(2023, 2, 29), lambda: datetime(2024, 13, 1), lambda: date.fromisoformat("x"), lambda: d - 5, lambda: d < date(2024, 1, 1), lambda: timedelta(10**10), lambda: datetime.strptime("x", "%Y"), lambda: d < datetime(2024, 1, 1, tzinfo=tz)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
