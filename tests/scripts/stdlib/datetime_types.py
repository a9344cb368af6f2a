"""Subclasses, zones, pickling and arithmetic of datetime."""

import os, time as _time

os.environ["TZ"] = "Europe/Berlin"
_time.tzset()
from datetime import *
def t(s, **k):
    try: print(s, '->', repr(eval(s)))
    except BaseException as e: print(s, '->', type(e).__name__, e)
class D(date):
    def __new__(cls, *a, **k): return date.__new__(cls, *a, **k)
class DT(datetime): pass
class T(time): pass
class TD(timedelta): pass
class Z(tzinfo):
    def __init__(s, o=None, d=None, n=None): s.o,s.d,s.n=o,d,n
    def utcoffset(s, dt): return s.o
    def dst(s, dt): return s.d
    def tzname(s, dt): return s.n
import pickle, copy
for s in '''datetime(2020,1,1,foo=3)
datetime(2020,1,1,year=3)
datetime(2020,1,1,**{'hour':1,'foo':2})
date(2**40,1,3)
date(2,2**40,3)
date(-2**40,2,3)
datetime(1,1,1,2**40)
time(2**31)
date(True,True,True)
D(2020,1,1)+timedelta(1)
D(2020,1,1).replace(day=2)
DT(2020,1,1)+timedelta(1)
DT(2020,1,1,fold=1).replace(day=2)
DT(2020,1,1,fold=1).date()
DT(2020,1,1,fold=1).timetz()
DT.now(UTC).__class__
DT.today().__class__
DT.utcfromtimestamp(0)
DT.fromtimestamp(0,UTC)
DT.fromisoformat('2020-01-01T00:00Z')
DT.combine(D(2020,1,1),T(1,2))
DT.strptime('2020','%Y')
D.strptime('2020','%Y')
T.strptime('10','%H')
D.fromordinal(3)
D.fromisoformat('2020-01-01')
D.fromisocalendar(2020,1,1)
T(1,2).replace(hour=3)
T.fromisoformat('01:02')
TD(1)+TD(2)
-TD(1)
abs(TD(-1))
TD(1)*2
type(TD(1)+TD(2))
type(+TD(1))
pickle.loads(pickle.dumps(TD(1)))
pickle.loads(pickle.dumps(DT(2020,1,1,fold=1,tzinfo=UTC)))
copy.deepcopy(DT(2020,1,1,fold=1,tzinfo=UTC))
copy.copy(UTC) is UTC
copy.deepcopy(UTC) is UTC
[pickle.dumps(time(3,4,5,6,UTC,fold=1),p) for p in range(6)]
[pickle.dumps(date(3,4,5),p) for p in range(6)]
[pickle.dumps(timedelta(3,4,5),p) for p in range(6)]
[pickle.dumps(timezone(timedelta(3600),'x') if 0 else timezone(timedelta(hours=1),'x'),p) for p in range(6)]
pickle.loads(pickle.dumps(Z(timedelta(1)))).o
DT(2020,1,1,tzinfo=Z(5)).utcoffset()
DT(2020,1,1,tzinfo=Z(timedelta(1))).utcoffset()
DT(2020,1,1,tzinfo=Z(TD(0,3600))).utcoffset()
time(1,tzinfo=Z(TD(0,3600))).isoformat()
DT(2020,1,1,tzinfo=Z(None,5)).dst()
DT(2020,1,1,tzinfo=Z(n=5)).tzname()
DT(2020,1,1,tzinfo=Z(timedelta(0,3600),timedelta(0),'x%Y')).strftime('%Z %z')
DT(2020,1,1,tzinfo=Z(timedelta(0,3600),timedelta(0),'x%Y')).timetuple()
DT(2020,1,1,tzinfo=Z(timedelta(0,3600),timedelta(0,3600),'x%Y')).timetuple()
Z(timedelta(0,3600),timedelta(0)).fromutc(datetime(2020,1,1))
DT.now(Z()).tzinfo
Z(timedelta(0,3600),timedelta(0)) == 5
DT(2020,1,1,tzinfo=UTC).astimezone(Z(timedelta(0,3600))) 
DT(2020,1,1,tzinfo=UTC).astimezone(timezone(timedelta(hours=3)))
datetime(2020,1,1,tzinfo=UTC)==datetime(2020,1,1,3,tzinfo=timezone(timedelta(hours=3)))
hash(datetime(2020,1,1,tzinfo=UTC))==hash(datetime(2020,1,1,3,tzinfo=timezone(timedelta(hours=3))))
hash(time(1,tzinfo=UTC))==hash(time(4,tzinfo=timezone(timedelta(hours=3))))
hash(time(1))==hash(time(1,fold=1))
hash(datetime(2020,1,1))==hash(datetime(2020,1,1,fold=1))
datetime(2020,1,1)==datetime(2020,1,1,fold=1)
datetime(2020,1,1)==date(2020,1,1)
date(2020,1,1)==datetime(2020,1,1)
date(2020,1,1)!=5
date(2020,1,1)<5
timedelta(1)<5
datetime(2020,1,1)-5
5-datetime(2020,1,1)
datetime(2020,1,1)+datetime(2020,1,1)
timedelta(1)+date(2020,1,1)
timedelta(1)-date(2020,1,1)
timedelta(1)+datetime(2020,1,1,fold=1)
sorted([datetime(2020,1,2),datetime(2020,1,1)])
date.__dict__['year']
datetime.__dict__.get('year')
timedelta.__dict__['days']
date(2020,1,1).year.__class__
setattr(date(2020,1,1),'year',1)
setattr(timedelta(1),'days',1)
setattr(date(2020,1,1),'foo',1)
setattr(date,'foo',1)
date.__basicsize__ > 0
date.__doc__
date.__module__
datetime.__mro__
timezone.__mro__
datetime.__init_subclass__()
date.__new__(D,1,1,1)
object.__new__(date)
timedelta.__new__(TD, 1)
isinstance(datetime.now(), date)
datetime.fromisoformat('2020-01-01T')
datetime.fromisoformat('2020-01-01\\u1234' + '10')
datetime.fromisoformat('2020-01-01\\ud800' + '10')
datetime.fromisoformat('2020-01\\ud800' + '10')
datetime.fromisoformat('2020-00-01T24:00')
datetime.fromisoformat('2020-01-00T24:00')
datetime.fromisoformat('20200101 1010')
datetime.fromisoformat('20200101 101')
datetime(2020,1,1).isoformat('\\ud800')
datetime(2020,1,1).isoformat('\\u20ac')
datetime(2020,1,1,1,1,1,1999).isoformat(' ','milliseconds')
datetime(2020,1,1,1,1,1,1999).isoformat(timespec='hours')
datetime(2020,1,1,1,1,1,1999).isoformat(timespec=None)
datetime(2020,1,1).__reduce_ex__(2)
timedelta(0.5,0.5,0.5,0.5,0.5,0.5,0.5)
timedelta(microseconds=0.5), timedelta(microseconds=1.5), timedelta(microseconds=2.5), timedelta(microseconds=-0.5)
timedelta(days=1e300, weeks=-1e300/7)
timedelta(10**30, hours=-24*10**30)
timedelta(days=2**100)
timedelta(1)/3, timedelta(1)/-3, timedelta(microseconds=3)/2,timedelta(microseconds=5)/2,timedelta(microseconds=-3)/2,timedelta(microseconds=3)/-2, timedelta(microseconds=5)/-2
timedelta(1)/10**40
timedelta(1)//10**40, timedelta(-1)//10**40, timedelta(1)//-10**40
timedelta(1)*10**40
timedelta(0)*10**40
timedelta(1)*1e-300
timedelta(1)*1e300
timedelta(1)/1e-300
timedelta(1)/1e300
timedelta(1)//timedelta(0,1), timedelta(1)%timedelta(0,7), divmod(timedelta(-1),timedelta(0,7))
timedelta(1)/timedelta(0,7)
timedelta(1)%5
divmod(timedelta(1),5)
timedelta(1)//1.0
2.5*timedelta(1)
5/timedelta(1)
timedelta.max.total_seconds(), timedelta.min.total_seconds()
str(timedelta.max), str(timedelta.min), str(timedelta(-1)), str(timedelta(1,1,1)), str(timedelta(0))
bool(timedelta(0)), bool(timedelta(0,0,1)), bool(time(0))
hash(timezone.utc)==hash(timezone(timedelta(0),'x'))
timezone.utc==timezone(timedelta(0),'x'), timezone.utc!=5, timezone.utc<5
repr(timezone(timedelta(hours=1))), repr(timezone(timedelta(hours=1),'é'))
time(1,2,3,4,UTC), time(1,2), time(1,2,3), repr(T(1,2,3,fold=1))
time.min,time.max,time.resolution,date.min,date.max,date.resolution,datetime.min,datetime.max,datetime.resolution,timedelta.min,timedelta.max,timedelta.resolution,timezone.min,timezone.max,timezone.utc
date(2020,1,1).ctime(), datetime(5,1,31,1,2,3).ctime()
date(2020,1,1).timetuple()
date.fromordinal(1), date.fromordinal(3652059), date.fromordinal(3652060)
[date(y,12,31).isocalendar() for y in range(2015,2027)]
date(2020,1,1).__replace__(day=3)
copy.replace(datetime(2020,1,1,fold=1),hour=3)
copy.replace(time(1,fold=1),hour=3)
datetime(2020,1,1).replace(tzinfo=None,fold=1)
datetime.fromtimestamp(1.1234565,UTC),datetime.fromtimestamp(-1.1234565,UTC),datetime.fromtimestamp(-0.0000005,UTC),datetime.fromtimestamp(0.9999999,UTC)
datetime.fromtimestamp(timestamp=1,tz=UTC)
datetime.now(tz=None).tzinfo
datetime.utcnow(1)
'{:%Y}'.format(date(2020,1,1)), '{}'.format(date(2020,1,1)), format(timedelta(1),''), '{:%H}'.format(time(1))
datetime.__add__.__doc__, date.__lt__.__name__
dir(datetime)==dir(datetime(1,1,1))
tzinfo().__reduce__()
__import__('inspect').signature(datetime.now), __import__('inspect').signature(date.replace)
datetime(2020,1,1,tzinfo=Z(timedelta(0,3600)))-datetime(2020,1,1,tzinfo=Z(None))
datetime(2020,1,1,tzinfo=Z(None))-datetime(2020,1,1)
datetime(2020,1,1,tzinfo=Z(None))<datetime(2020,1,2)
__import__('weakref').ref(date(1,1,1))'''.splitlines(): t(s)
