"""What elements and builders do with what they refuse."""
import xml.etree.ElementTree as ET


def element(tags):
    e = ET.Element('e')
    e.extend(ET.Element(t) for t in tags)
    return e


def tell(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


e = element('ab')
tell(e.extend, [ET.Element('c'), 5, ET.Element('d')])
tell(e.extend, iter([ET.Element('c'), None]))
print([c.tag for c in e])
e.extend(e)
print([c.tag for c in e])

e = element('abcd')
for key in (4, -5, 0, 10**30, slice(0, 1), slice(0, 4, 2), slice(0, 4, 5)):
    for value in (5, None, [1], 'ab', [None, 1], [ET.Element('x'), 7]):
        tell(e.__setitem__, key, value)
print([c.tag for c in e])

for events in (5, [5], [None], ('nothing',), iter(['end']), {'end'}):
    try:
        print(type(ET.XMLPullParser(events)).__name__)
    except Exception as x:
        print(type(x).__name__, x)

# Data that is no text stays until it can be given to an element, and does not hinder the end.
b = ET.TreeBuilder()
b.start('a', {})
b.data(5)
print(b.close().text)
tell(lambda: b.end('a').tag)
tell(lambda: b.end('a').tag)
tell(lambda: b.comment('c').text)
print(b.close().tag)
b = ET.TreeBuilder()
b.start('a', {})
b.data('x')
print(b.close().text)
print(b.end('a').text)
