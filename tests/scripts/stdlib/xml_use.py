"""pyexpat, and what stands on it."""
import io
import plistlib
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax
from xml.parsers import expat

TEXT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE root SYSTEM "some.dtd" [
  <!ENTITY who "W&#246;rld &amp; <b>all</b>">
  <!ATTLIST item kind CDATA "plain" tokens NMTOKENS #IMPLIED>
  <!NOTATION gif PUBLIC "image/gif">
  <!ENTITY pic SYSTEM "a.gif" NDATA gif>
  <!ELEMENT root (item+, (a | b)*)>
  <!-- in the subset -->
]>
<root xmlns:x="urn:x" xml:lang="de">
  <item tokens="  a   b ">Hello, &who;!</item>
  <x:item x:n="1&#10;2" n='&quot;q&quot;'/>
  <![CDATA[<raw> & ]] data]]>
  <?target some data ?>
  <!-- a comment -->
  line one\r\nline two
</root>
"""


def events(text, pieces=None, **options):
    separator = options.pop("separator", None)
    parser = expat.ParserCreate(None, separator)
    log = []
    for name in dir(parser):
        if name.endswith("Handler") and not name.startswith(("Default", "External", "NotStandalone")):
            setattr(parser, name, lambda *args, name=name: log.append((name.removesuffix("Handler"), args)))
    for name, value in options.items():
        setattr(parser, name, value)
    data = text.encode()
    step = pieces or len(data)
    for start in range(0, len(data), step):
        parser.Parse(data[start : start + step], False)
    parser.Parse(b"", True)
    return log


whole = events(TEXT, buffer_text=True)
for event in whole:
    print(event)


def joined(log):
    """Neighbouring pieces of text as one: a piece ends where the data does."""
    out = []
    for name, args in log:
        if name == "CharacterData" and out and out[-1][0] == name:
            out[-1] = (name, (out[-1][1][0] + args[0],))
        else:
            out.append((name, args))
    return out


for step in (1, 7, 64):
    print(step, joined(events(TEXT, step)) == whole)
print([e for e in events(TEXT, separator="!", namespace_prefixes=True) if "Element" in e[0] or "Namespace" in e[0]])
print([e for e in events(TEXT, ordered_attributes=True, specified_attributes=True) if e[0] == "StartElement"])
print(events("<a>x\ny&lt;z\n</a>"))


def default(text, name):
    parser = expat.ParserCreate()
    out = []
    setattr(parser, name, out.append)
    parser.Parse(text, True)
    return out


print(default(TEXT.replace("\r", ""), "DefaultHandler")[:24])
print("".join(default(TEXT.replace("\r", ""), "DefaultHandler")) == TEXT.replace("\r", ""))
print(default("<a>&lt;<!--c--></a>", "DefaultHandlerExpand"))

BAD = [
    "", "  ", "text", "<a>", "<a", "<", "<a></b>", "<a/><b/>", "<a/>x", "<a b=1/>", "<a b='1' b='2'/>", "<a b='<'/>",
    "<a>&nope;</a>", "<a>&#0;</a>", "<a>&#xZ;</a>", "<a>&</a>", "<a>& b</a>", "<a>]]></a>", "<a>\x01</a>", "<1/>",
    "<a><![CDATA[x</a>", "<a><!-- x -- y --></a>", " <?xml version='1.0'?><a/>", "<?xml version='2.0'?><a/>",
    "<?xml version='1.0' encoding='nope-1'?><a/>", "<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>",
    "<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</a>", "<a\nb='1'\n c>\n</a>", "<?xml?><a/>", "</a>", "<a></a b>", "<a><?xml x?></a>",
    "<!DOCTYPE a [<!ENTITY e SYSTEM 'x'>]><a b='&e;'/>",
]
for text in BAD:
    parser = expat.ParserCreate()
    try:
        parser.Parse(text, True)
        print(repr(text), "fine")
    except expat.ExpatError as error:
        print(repr(text), "|", error, error.code, parser.ErrorCode == error.code, expat.ErrorString(error.code))
for text in ["<p:a/>", "<a xmlns:p=''/>", "<a xmlns:xml='u'/>", "<a p:b='1'/>", "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>"]:
    try:
        expat.ParserCreate(None, " ").Parse(text, True)
    except expat.ExpatError as error:
        print(repr(text), "|", error)

for encoding in ("utf-8", "utf-16", "iso-8859-1", "cp1252", "koi8-r"):
    letter = "ж" if encoding == "koi8-r" else "é"
    document = f"<?xml version='1.0' encoding='{encoding}'?><a b='{letter}'>{letter}{letter}</a>".encode(encoding)
    print(encoding, [e for e in ET.XML(document).items()], ET.XML(document).text)

root = ET.fromstring(TEXT.replace("&who;", "you"))
print(ET.tostring(root, encoding="unicode"))
print([(e.tag, e.attrib) for e in root.iter()], root.find("{urn:x}item").get("{urn:x}n"))
print([(kind, e.tag) for kind, e in ET.iterparse(io.BytesIO(b"<a><b>t</b><c/></a>"), events=("start", "end"))])
pull = ET.XMLPullParser(["end"])
for piece in ("<a><b>", "1</b><b>2</", "b></a>"):
    pull.feed(piece)
    print([(e.tag, e.text) for _, e in pull.read_events()])
try:
    ET.fromstring("<a><b></a>")
except ET.ParseError as error:
    print(error, error.position, error.code)
print(xml.dom.minidom.parseString("<a x='1'><b>t</b><!--c--></a>").toprettyxml(indent=" "))


class Handler(xml.sax.ContentHandler):
    def startElement(self, name, attributes):
        print("start", name, dict(attributes))

    def characters(self, content):
        print("text", repr(content))

    def endElement(self, name):
        print("end", name)


xml.sax.parseString(b"<a b='c'>text<d/></a>", Handler())
value = {"name": "x", "list": [1, 2.5, True, b"bytes"], "nested": {"k": "<&>"}}
print(plistlib.loads(plistlib.dumps(value)) == value)

parser = expat.ParserCreate()


def fail(name, attributes):
    raise KeyError(name, parser.CurrentLineNumber, parser.CurrentColumnNumber)


parser.StartElementHandler = fail
try:
    parser.Parse("\n <a/>", True)
except KeyError as error:
    print(error.args)
