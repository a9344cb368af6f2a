"""What expat says of documents in pieces, in odd encodings, with external subsets; its limits."""

from xml.parsers import expat


def seen(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def run(data, *calls, handlers=(), pieces=False, **answers):
    parser, out = expat.ParserCreate(), []

    def teller(name, answer):
        def tell(*args):
            out.append((name.removesuffix("Handler"), *args))
            return answer

        return tell

    for name, answer in answers.items():
        setattr(parser, name + "Handler", teller(name, answer))
    for method, *args in calls:
        getattr(parser, method)(*args)
    try:
        if pieces:
            for i in range(len(data)):
                parser.Parse(data[i : i + 1])
            parser.Parse(b"", True)
        else:
            parser.Parse(data, True)
    except Exception as e:
        out.append(f"{type(e).__name__}: {e}")
    print(out)


# The answers of handlers that can refuse.
entity = b'<!DOCTYPE d SYSTEM "s" [<!ENTITY e SYSTEM "f">]><d>&e;</d>'
for answer in None, 1, 0, "x", 1.5, 2**70, True:
    run(entity, ExternalEntityRef=answer)
for answer in None, 1, 1.5:
    run(entity, NotStandalone=answer, StartDoctypeDecl=None, EndDoctypeDecl=None)

# External subsets are asked for.
for flag in 0, 1, 2:
    for declaration in b"", b'<?xml version="1.0" standalone="yes"?>':
        run(
            declaration + entity, ("SetParamEntityParsing", flag),
            ExternalEntityRef=1, NotStandalone=1, StartDoctypeDecl=1, EndDoctypeDecl=1,
        )
foreign = ("UseForeignDTD", True), ("SetParamEntityParsing", 2)
run(b"<d/>", *foreign, ExternalEntityRef=1, NotStandalone=1, StartElement=1)
run(b"<!DOCTYPE d><d/>", *foreign, ExternalEntityRef=1, NotStandalone=1, EndDoctypeDecl=1)
run(b'<!DOCTYPE d [<!ENTITY e "v">]><d>&f;</d>', *foreign, ExternalEntityRef=1, SkippedEntity=1)
run(b"<d>&f;</d>", *foreign, ExternalEntityRef=1, SkippedEntity=1)
run(b"<d>&f;</d>", ("UseForeignDTD", True), SkippedEntity=1)


def subset(text, document):
    parser, out = expat.ParserCreate(), []
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)

    def external(context, base, system, public):
        out.append((context, system, public))
        out.append(seen(parser.ExternalEntityParserCreate(context).Parse, text, True))
        return 1

    parser.ExternalEntityRefHandler = external
    parser.CharacterDataHandler = out.append
    parser.XmlDeclHandler = parser.EntityDeclHandler = parser.SkippedEntityHandler = lambda *args: out.append(args)
    parser.StartElementHandler = lambda *args: out.append(args)
    out.append(seen(parser.Parse, document, True))
    print(out)


subset(b'<!ENTITY e "val"><!ENTITY g "gg">', b'<!DOCTYPE d SYSTEM "s" [<!ENTITY g "own">]><d>&e;&g;&u;</d>')
subset(b'<?xml version="1.0" encoding="iso-8859-1"?>\n<!ENTITY e "\xe9">', b'<!DOCTYPE d SYSTEM "s"><d>&e;&g;</d>')
subset(b'<!ATTLIST d a CDATA "x"><!-- c -->', b'<!DOCTYPE d SYSTEM "s"><d/>')
subset(b"junk", b'<!DOCTYPE d SYSTEM "s"><d>&e;</d>')
subset(b"", b'<!DOCTYPE d SYSTEM "s"><d>&e;</d>')
subset(b"]]>", b'<!DOCTYPE d SYSTEM "s"><d>&e;</d>')

# What is no document.
for text in (
    b"foo", b"foobar<", b"foo bar", b"foo&", b"1foo<", b"foo+", b'foo"', b"foo]", b"\0\r\n", b"<a>\xc3", b"<a\xc3", b"\xc3", b"a\0b\0",
    b"<\0a\0>\0<", b"foo\xe9", b"<a>\r\n\r<b></a>", "<a>é€</a>".encode("utf-16") + b"<",
):
    run(text)

# A token is not looked at again before there is twice as much of it, or the end.
parser, tags = expat.ParserCreate(), []
parser.StartElementHandler = lambda name, attributes: tags.append(name)
print(parser.GetReparseDeferralEnabled())
for piece in b"<doc", b">", b"<x", b"/>", b"<y/>     ", b"</doc>":
    parser.Parse(piece)
    print(piece, tags)
parser.SetReparseDeferralEnabled(False)
print(parser.Parse(b""), tags, parser.ExternalEntityParserCreate("x").GetReparseDeferralEnabled())
run(b"<doc><a b='c'/>text</doc>", pieces=True, StartElement=None, EndElement=None, CharacterData=None)

# Where the end of an empty element is.
parser, places = expat.ParserCreate(), []
parser.StartElementHandler = parser.EndElementHandler = lambda *args: places.append(
    (args[0], parser.CurrentByteIndex, parser.CurrentLineNumber, parser.CurrentColumnNumber)
)
parser.Parse(b"<a>\n <b/>\n</a>", True)
print(places)

# Encodings.
for name in "cp864", "cp037", "mac_arabic", "utf-7", "hex_codec", "no-such", "iso8859-5", "cp1252", "koi8-r":
    data = f'<?xml version="1.0" encoding="{name}"?><d>'.encode("ascii") + b"\xd0</d>"
    run(data, CharacterData=None)
parser, sizes = expat.ParserCreate(), []
parser.CharacterDataHandler = lambda text: sizes.append(len(text))
parser.Parse(b'<?xml version="1.0" encoding="iso8859-5"?><d>' + b"a" * 2500 + b"</d>", True)
print(sizes)

# Handlers that go away, and calls from within.
parser = expat.ParserCreate()
parser.buffer_text = True
parser.CharacterDataHandler = lambda text: setattr(parser, "StartElementHandler", None)
names = []
parser.StartElementHandler = lambda name, attributes: names.append(name)
parser.Parse(b"<r>abc<s/></r>", True)
print(names)
parser = expat.ParserCreate()
parser.CharacterDataHandler = lambda text: print(seen(parser.Parse, b""), seen(parser.ParseFile, None))
parser.Parse(b"<r>x</r>", True)

# Entities that grow.
bomb = b'<!DOCTYPE d [<!ENTITY a "0123456789">' + b"".join(
    b'<!ENTITY %c "%s">' % (i, b"&%c;" % (i - 1) * 10) for i in b"bcdefghi"
) + b"]><d>&%c;</d>"
for letter in b"ai":
    run(bomb % letter)
for threshold, factor in (3, 1.0), (10**5, 1.0), (0, 1e4), (0, 5.0):
    parser = expat.ParserCreate()
    parser.SetBillionLaughsAttackProtectionActivationThreshold(threshold)
    parser.SetBillionLaughsAttackProtectionMaximumAmplification(factor)
    print(threshold, factor, seen(parser.Parse, bomb % b"d"[0], True))
parser = expat.ParserCreate()
for value in 1.0, -5, 2**64, "x":
    print(seen(parser.SetBillionLaughsAttackProtectionActivationThreshold, value))
for value in None, 0.5, float("nan"), float("inf"):
    print(seen(parser.SetBillionLaughsAttackProtectionMaximumAmplification, value))
print(seen(parser.ExternalEntityParserCreate(None).SetBillionLaughsAttackProtectionActivationThreshold, 3))

# Models that nest.
# Much deeper ones are a RecursionError here.
for depth in 1, 100:
    parser, models = expat.ParserCreate(), []
    parser.ElementDeclHandler = lambda name, model: models.append(name)
    data = b"<!DOCTYPE d [<!ELEMENT d " + b"(a, " * depth + b"a" + b")" * depth + b">]><d/>"
    try:
        parser.Parse(data, True)
        print(models)
    except RecursionError:
        print("RecursionError")
