"""A dump makes the same database again, whatever tables are called."""

import sqlite3

c = sqlite3.connect(":memory:")
c.executescript(
    """create table "a'b"(x, "y z"); insert into "a'b" values('it''s', x'00ff'), (null, 1.5);
    create index i on "a'b"(x); create view v as select 1; create table s(k integer primary key autoincrement);
    insert into s values(7);"""
)
for line in c.iterdump():
    print(line)
print(list(c.iterdump(filter="s%")))
d = sqlite3.connect(":memory:")
d.executescript("".join(c.iterdump()))
print(list(c.iterdump()) == list(d.iterdump()))
c.close()
d.close()
