"""A name that native code makes for one lookup lies where another did before: a lookup does not answer for the old one."""
import csv
import io


class Rules(csv.Dialect):
    delimiter = ','
    quotechar = '"'
    doublequote = True
    skipinitialspace = False
    lineterminator = '\n'
    quoting = csv.QUOTE_ALL


out = io.StringIO()
for i in range(30000):
    filler = [str(i + 12345678)] * (i % 7)
    csv.writer(out, dialect=Rules)
print('all found')
