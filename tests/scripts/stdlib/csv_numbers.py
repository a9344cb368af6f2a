# What counts as a number for QUOTE_NONNUMERIC and as text for QUOTE_STRINGS.
import csv
import io
from decimal import Decimal
from fractions import Fraction


class Index:
    def __index__(self):
        return 5

    def __repr__(self):
        return "Index"


class Float:
    def __float__(self):
        return 5.0

    def __repr__(self):
        return "Float"


class Complex:
    def __complex__(self):
        return 1j

    def __repr__(self):
        return "Complex"


class Derived(complex):
    pass


row = [1, True, 1.5, 1 + 2j, -0j, Derived(2), Decimal("1.5"), Fraction(1, 3), Index(), Float(), Complex(), "x", "", None, b"b", [1]]
for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_STRINGS, csv.QUOTE_NOTNULL):
    out = io.StringIO()
    csv.writer(out, quoting=quoting).writerow(row)
    print(out.getvalue(), end="")
