# Elements, builders and parsers of xml.etree: what they do, what they refuse, deep trees, changes during walks, threads.
import copy
import gc
import pickle
import os
import threading
import warnings
import weakref
import xml.etree.ElementTree as ET


def show(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)


class Sub(ET.Element):
    pass


# Elements
e = ET.XML("<a x='1'>t<!--c--><b>u</b>v<b/>w<c><b k='2'/></c></a>")
print(e.tag, e.attrib, e.text, e.tail, len(e), [c.tag for c in e], [c.tag for c in e[1:]], e[-1].tag)
print(e.find("b").text, e.findtext("b"), repr(e.findtext("c")), e.findtext("z", 3), len(e.findall("b")), e.find(".//b[@k]").attrib)
print(e.get("x"), e.get("y"), e.get("y", 7), e.keys(), e.items(), list(e.itertext()))
print([c.tag for c in e.iter()], len(list(e.iter("b"))), len(list(e.iter("*"))), [c.tag for c in e.iterfind("c/b")])
comment = ET.Comment("hidden")
comment.tail = "!"
e.append(comment)
print(list(e.itertext()), ET.tostring(e))
s = Sub("s", {"k": "v"}, z="w")
s.note = weakref.ref(s)
print(type(copy.copy(s)).__name__, type(copy.deepcopy(s)).__name__, type(s.makeelement("q", {})).__name__, s.note() is s)
print(s.attrib, ET.SubElement(s, "k", {"a": "b"}, c="d").attrib, ET.Element("n", attrib={"p": "q"}, r="s").attrib)
d = copy.deepcopy(e)
d[0].text = "other"
print(e[0].text, ET.tostring(pickle.loads(pickle.dumps(e[:2]))[0]), sorted(e.__getstate__()))
e[0:2] = [ET.Element("n1"), ET.Element("n2"), ET.Element("n3")]
del e[1]
e[::2] = [ET.Element("m1"), ET.Element("m2")]
e.insert(-100, ET.Element("first"))
e.remove(e[1])
print([c.tag for c in e if isinstance(c.tag, str)])
for f, *args in [
    (e.append, 1), (e.remove, 1), (e.remove, ET.Element("x")), (e.insert, 0, 1), (e.extend, [1]), (e.extend, 1),
    (e.__getitem__, 99), (e.__getitem__, "a"), (e.__setitem__, 0, 1), (e.__setitem__, 99, s), (e.__setitem__, slice(0, 1), [1]),
    (e.__setitem__, slice(0, 3, 2), [s]), (e.__setstate__, 1), (e.__setstate__, {}), (e.__setstate__, {"tag": 1, "zz": 2}),
    (setattr, e, "attrib", 1), (delattr, e, "tag"), (delattr, e, "text"), (delattr, e, "attrib"), (ET.Element, "a", 1),
    (ET.SubElement, 1, "a"), (e.makeelement, 1, 2), (e.__deepcopy__, 1), (e.find, 1), (ET.TreeBuilder().end, "a"),
    (ET.TreeBuilder().start, "a", 1), (ET.XMLParser().feed, 1), (ET.XML, "<a>&b;</a>"), (ET.XML, "<a><b></a>"), (ET.XML, "<a/><b/>"),
    (ET.XMLParser()._setevents, [], ["x"]), (ET.XMLParser()._setevents, [], [1]), (ET.XMLParser().close,),
]:
    show(f, *args)
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    print(bool(ET.Element("a")), bool(e), len(seen), seen[0].category.__name__)

# Parsers and builders
class Target:
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args: print(name, args)


p = ET.XMLParser(target=Target())
p.feed("<!DOCTYPE a SYSTEM 's'><a xmlns='u' xmlns:p='v' p:k='1'>te")
p.feed("xt<?pi data?><!--c--><p:b/></a>")
p.close()
pull = ET.XMLPullParser(("start", "end", "start-ns", "end-ns", "comment", "pi"))
for piece in ("<a xmlns:p='v'><!--c-->", "<?pi d?><p:b/>t", "</a>"):
    pull.feed(piece)
    pull.flush()
    print([(what, about if what.endswith("ns") else about.tag if isinstance(about.tag, str) else about.text)
           for what, about in pull.read_events()])
p = ET.XMLParser()
p.entity["known"] = "value"
p.feed("<!DOCTYPE a SYSTEM 'x'><a k='&lt;'>1&known;2&amp;</a>")
print(ET.tostring(p.close()))
p = ET.XMLParser()
try:
    p.feed("<!DOCTYPE a SYSTEM 'x'>\n<a>&other;</a>")
except ET.ParseError as x:
    print(x, x.code, x.position)
b = ET.TreeBuilder(insert_comments=True, insert_pis=True)
b.data("lost")
b.start("a", {"k": "v"})
b.data("x")
b.comment("c")
b.data("y")
b.data("z")
b.pi("p", "q")
b.start("b", {})
b.end("b")
b.data("tail")
b.end("a")
print(ET.tostring(b.close()))
print(ET.tostring(ET.XML("<a>\xe4\u20ac</a>".encode("utf-16"))), ET.XML("<a>\xe4</a>".encode("latin-1"), ET.XMLParser(encoding="latin-1")).text)
show(ET.XML, b'<?xml version="1.0" encoding="shift_jis"?><a/>')
show(ET.XML, b'<?xml version="1.0" encoding="zork"?><a/>')
show(ET.XML, b'<?xml version="1.0" encoding="cp864"?><a/>')
show(ET.XMLParser(encoding="bad").feed, b"<a/>")
show(ET.XMLParser(encoding="bad").feed, "<a/>")

# Deep trees
# Collecting at every poll makes a deep tree take minutes.
STRESSED = os.environ.get("PROTOPYTHON_DEBUG", "").startswith("gc-stress")
N = 2_000 if STRESSED else 100_000
root = last = ET.Element("r")
for i in range(N):
    last = ET.SubElement(last, "x")
    last.text = "t"
print(sum(1 for _ in root.iter()) == N + 1, sum(1 for _ in root.iter("x")) == N, len("".join(root.itertext())) == N, repr(root)[:12])
print(sum(1 for _ in ET.XML("<a>" * (N // 5) + "</a>" * (N // 5)).iter()) == N // 5)
for f in copy.deepcopy, ET.tostring:
    try:
        f(root)
    except RecursionError:
        pass
del root, last
gc.collect()
loop = ET.Element("loop")
loop.append(loop)
it = loop.iter()
print([next(it).tag for _ in range(3)])
del loop, it

# Changes during walks
b = ET.Element("b")
for i in range(10):
    ET.SubElement(b, f"c{i}")
for x in b.iter():
    if len(b):
        b.remove(b[-1])
print(len(b))


class Tag(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        b.clear()
        return True


for i in range(10):
    ET.SubElement(b, Tag("q"))
print(b.find("z").tag, len(b))


class Clears(ET.Element):
    def __eq__(self, other):
        b.clear()
        return True


b.extend([Clears("p"), Clears("q")])
show(b.remove, Clears("r"))

# Threads
ROUNDS = 100 if STRESSED else 1000
root = ET.Element("root")


def work(k):
    for i in range(ROUNDS):
        c = ET.SubElement(root, f"k{k}")
        c.set("a", str(i))
        if i % 250 == 0:
            list(root.iter("k1"))
        if i % 5 == 0:
            root.find("k2")
            root.remove(c)


threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(root) == 4 * ROUNDS * 4 // 5)
