"""Numbers that dates take: what has only `__index__`, and what is too large."""
import datetime
import warnings
from datetime import date, time, timedelta, timezone

warnings.simplefilter('ignore')


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        if isinstance(self.n, Exception):
            raise self.n
        return self.n


def tell(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


dt = datetime.datetime
for v in (Index(5), Index('x'), Index(KeyError('k')), Index(TypeError('t')), None, '1', 1j, True, Index(10**30)):
    tell(dt.utcfromtimestamp, v)
    tell(dt.fromtimestamp, v, timezone.utc)

for v in (2**31, -2**31 - 1, 2**63, -10**30, 2**31 - 1, None, 1.0):
    for of in (date(2000, 1, 1), dt(2000, 1, 1), time(1)):
        for field in ('year', 'second', 'fold'):
            tell(of.replace, **{field: v})
    tell(date, v, 1, 1)
    tell(date.fromisocalendar, v, 1, 1)
    tell(time(1).__reduce_ex__, v)
tell(lambda: 'x' * timedelta(1))
tell(lambda: date.nothing)
