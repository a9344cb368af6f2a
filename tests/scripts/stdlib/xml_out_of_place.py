# What must not stand outside the element of a document, and what elements do not take.
import xml.etree.ElementTree as ET

for text in (
    b"<a/>&", b"<a/>&x;", b"<a/>x", b"<a/>  ]]>", b"<a/><", b"<a/><b", b"<a/></a>", b"<a/>\0", b"&", b"x", b"&amp;<a/>", b"<a/><![CDATA[x]]>", b'<a/>"',
    b'<a/>"x"', b"<a/>&#32;", b"<a/>%", b"<a/>% ", b"<a/>\n&b", b"<a/>l\x00", b"<a/>#", b"<a/>#x", b"<a/>(", b"<a/>,", b"<a/>=", b"</a>", b"<!x><a/>", b"<a/><!x>",
    b"<a/><!-- c --><?p i?>\n", b"<!-- c --><a/>", b"'", b"%x;", b"%x ", b"<a/>%x;",
):
    try:
        print(text, ET.fromstring(text).tag)
    except ET.ParseError as e:
        print(text, e, e.code, e.position)

e = ET.Element("a")
for act in (
    lambda: e.append(None), lambda: e.append(1), lambda: e.__setitem__(0, "x"), lambda: e.__setitem__(0, None), lambda: e.__setitem__(slice(0, 1), 5),
    lambda: e.__setitem__(slice(0, 1), [1]), lambda: e.__setitem__(slice(0, 4, 2), [1, 2]), lambda: e.__setitem__("a", e), lambda: e.__getitem__("a"),
):
    try:
        print(act())
    except (TypeError, IndexError, ValueError) as error:
        print(type(error).__name__, error)
