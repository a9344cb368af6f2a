"""Forms of ISO 8601 that fromisoformat reads, and those that it does not."""

from datetime import *
for a in ['12','12:30','1230','12:30:45','123045','12:30:45.1','123045.123','12:30:45.1234567']:
  for b in ['',':','.',',','x',' ','-',':.','..','1','::']:
    for c in ['','+05:00','Z','-05:','+05:00.','+0500:','-05:30:10.','+0','+05:00x','ZZ','+05x','+050010.5','+','+05:00:00,5','+25:00','+05:99']:
        s=a+b+c
        for f in (time.fromisoformat,):
            try: r=str(f(s))
            except ValueError as e: r=str(e)
            print(s, r)

for day in ['2020-01-02', '20200102', '2020-W01-4', '2020W014', '2020-W01', '2020W01', '2020-0102', '202001-02', '2020-W014', '2020W01-4', '2020-1-2', '+2020-01-02', '2020-01', '2020', '2020-00-01', '2020-01-00', '0000-01-01', '2020-W53-7', '2021-W53-1', '2020-W00-1', '2020-W01-0', '2020-W01-8', '9999-W53-1', '0001-W01-1', '2020-001', '\u0662020-01-02', '2020-01-02 ']:
    for rest in ['', 'T', 'T10', ' 10:20', '-10', '1010', 'T24', 'T24:00:00.000', 'T24:01', '\u1234' + '10:20Z', '\ud800' + '10', 'T10:20:30.123456789-23:59:59.999999', 'T10+00:00', 'Z', '+01:00']:
        for f in (date.fromisoformat, datetime.fromisoformat):
            try:
                r = repr(f(day + rest))
            except ValueError as e:
                r = ascii(str(e))
            print(f.__self__.__name__, ascii(day + rest), r)
for text in ['2020-00-01T24:01', '2020-02-30T24:01', '2020-13-01T24:00', '2020-02-29T24:00', '2020-12-31T24:00', '9999-12-31T24:00', '2020-01-01T25:00']:
    try:
        print(text, datetime.fromisoformat(text))
    except ValueError as e:
        print(text, e)
