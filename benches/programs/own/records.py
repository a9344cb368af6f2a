"""Rows as records: dataclasses, enums, queries by groupby and itemgetter, CSV in and out, statistics."""

import csv
import io
import statistics
from collections import namedtuple
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from enum import Enum, Flag, auto
from functools import total_ordering
from itertools import accumulate, chain, groupby, islice
from operator import attrgetter, itemgetter


class Department(Enum):
    SALES = "sales"
    RESEARCH = "research"
    SUPPORT = "support"

    @property
    def floor(self):
        return list(Department).index(self) + 1


class Rights(Flag):
    READ = auto()
    WRITE = auto()
    ADMIN = auto()


@total_ordering
@dataclass(frozen=True, eq=False)
class Money:
    cents: int
    currency: str = "EUR"

    def __eq__(self, other):
        return isinstance(other, Money) and (self.cents, self.currency) == (other.cents, other.currency)

    def __lt__(self, other):
        return self.cents < other.cents

    def __hash__(self):
        return hash((self.cents, self.currency))

    def __add__(self, other):
        return replace(self, cents=self.cents + other.cents)

    def __str__(self):
        return f"{self.cents / 100:,.2f} {self.currency}"


@dataclass
class Employee:
    number: int
    name: str
    department: Department
    salary: Money
    since: date
    rights: Rights = Rights.READ
    skills: list[str] = field(default_factory=list)

    def __post_init__(self):
        if self.salary.cents < 0:
            raise ValueError(f"{self.name} pays for working")

    @property
    def years(self):
        return (date(2024, 6, 1) - self.since).days // 365

    def promoted(self, percent):
        raised = Money(self.salary.cents * (100 + percent) // 100)
        return replace(self, salary=raised, rights=self.rights | Rights.WRITE)


Summary = namedtuple("Summary", "department count mean median best")


def staff(n):
    first, last = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn"], ["Stone", "Rivers", "Hill", "Woods"]
    departments = list(Department)
    for i in range(n):
        skills = [s for k, s in enumerate(("python", "sql", "excel", "talking")) if (i >> k) & 1]
        rights = Rights.READ | (Rights.ADMIN if i % 11 == 0 else Rights.READ)
        yield Employee(
            i, f"{first[i % 6]} {last[i % 4]}", departments[i * 7 % 3], Money(200_000 + i * 7919 % 300_000),
            date(2010, 1, 1) + timedelta(days=i * 37 % 5000), rights, skills,
        )


def summaries(people):
    key = attrgetter("department.value")
    for name, group in groupby(sorted(people, key=key), key=key):
        group = list(group)
        pay = [e.salary.cents for e in group]
        best = max(group, key=attrgetter("salary", "number"))
        yield Summary(name, len(group), round(statistics.fmean(pay)), statistics.median(pay), best.name)


def to_csv(people):
    out = io.StringIO()
    writer = csv.DictWriter(out, ["number", "name", "department", "cents", "since", "skills"])
    writer.writeheader()
    for e in people:
        row = asdict(e)
        writer.writerow(
            {"number": row["number"], "name": row["name"], "department": e.department.value, "cents": row["salary"]["cents"],
             "since": row["since"].isoformat(), "skills": ";".join(row["skills"])}
        )
    return out.getvalue()


def from_csv(text):
    for row in csv.DictReader(io.StringIO(text)):
        yield Employee(
            int(row["number"]), row["name"], Department(row["department"]), Money(int(row["cents"])), date.fromisoformat(row["since"]),
            skills=row["skills"].split(";") if row["skills"] else [],
        )


def run(n):
    out = []
    for i in range(n):
        people = list(staff(80 + i % 3))
        promoted = [e.promoted(5) if e.years >= 7 and Rights.ADMIN not in e.rights else e for e in people]
        again = list(from_csv(to_csv(promoted)))
        assert [e.salary for e in again] == [e.salary for e in promoted]
        total = sum((e.salary for e in promoted), start=Money(0))
        by_skill = {}
        for skill, number in sorted(chain.from_iterable(((s, e.number) for s in e.skills) for e in people), key=itemgetter(0)):
            by_skill.setdefault(skill, []).append(number)
        running = list(islice(accumulate(e.salary.cents for e in promoted), 3))
        top = sorted(promoted, key=lambda e: (-e.salary.cents, e.name))[:3]
        distinct = len({e.salary for e in promoted} | {e.department for e in promoted})
        out.append((str(total), [tuple(s) for s in summaries(promoted)], {k: len(v) for k, v in by_skill.items()}, running, [e.number for e in top], distinct))
        try:
            Employee(0, "x", Department.SALES, Money(-1), date.today())
        except ValueError as e:
            out.append(str(e))
    return str(out[-2:])
