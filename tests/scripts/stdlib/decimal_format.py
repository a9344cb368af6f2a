# Every part of a format specification for decimals.
from decimal import *


def t(x, s):
    try:
        shown = format(Decimal(x), s)
    except Exception as e:
        shown = type(e).__name__ + ": " + str(e)
    print(repr(x), repr(s), repr(shown))


for s in ['_','#','#.0f',',','_f','.2_f','.2,f','010','<010','=+10','z.1f','zf','.0g','10n','n',',n','_n','s','d','x','é^10','\u20ac<7','\x00<7','.','1.','.3.','00','0','01','-','F','G','E','%','.99999999999999999999999f','99999999999999999999999', '.1000000000000000000f','é','+z#010,.3f','a<','+<','<','<<10','E<10','{<10', '{','}','0=10','=010','>010','x>010']:
    t('-1234567.891',s)
for x in ['NaN','-sNaN123','Inf','-Inf']:
    for s in ['','010','=10','>10','<010','f','.2f',',','%','e','010,','x<10', 'z', '+', ' ']: t(x,s)
for x in ['0','-0','0e10','0e-10','-0e5','1e10','1e100','-0.001','9.999e5']:
    for s in ['','f','.2f','.2e','e','g','.2g','%','.0f','z.1f','z','zg','.0e',',','015,','012,.2f','z.2e', 'G','E']: t(x,s)

for override in [
    {"decimal_point": ",", "thousands_sep": ".", "grouping": [3, 3, 0]},
    {"decimal_point": "\u066b", "thousands_sep": "\u066c", "grouping": [3, 0]},
    {"decimal_point": ".", "thousands_sep": "'", "grouping": "\x02\x03"},
    {"decimal_point": ".", "thousands_sep": " ", "grouping": "\x02\x03\x00"},
    {"decimal_point": ".", "thousands_sep": " ", "grouping": "\x03\x7f"},
    {"decimal_point": "", "thousands_sep": " ", "grouping": "\x03"},
    {"decimal_point": "xxxxx", "thousands_sep": " ", "grouping": "\x03"},
]:
    for spec in ["n", "020n", ".3n", "<30n", "+n", "g", ",f"]:
        try:
            print(spec, repr(Decimal("-123456789.125").__format__(spec, override)))
        except Exception as e:
            print(spec, type(e).__name__, e)
