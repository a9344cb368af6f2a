# json: dumping and loading, options, errors.
import json
import io

data = {"a": 1, "b": [1.5, True, False, None, "text\n\"q\" é 🎉"], "c": {"nested": {}}, "d": [], "e": 10**30, "f": -0.0, "g": 1e100}
s = json.dumps(data)
print(s)
print(json.loads(s) == data)
print(json.dumps(data, ensure_ascii=False))
print(json.dumps(data, indent=2, sort_keys=True))
print(json.dumps([1, [2, {"x": []}], {}], indent="\t"), json.dumps({"b": 1, "a": [1, 2]}, separators=(",", ":")), json.dumps("\x00\x1f\x7f\u2028</"))
print(json.dumps({1: "int", 2.5: "float", True: "bool", None: "none"}), json.dumps((1, 2)), json.dumps([float("inf"), float("-inf")]), json.dumps(True))
for bad in ({1, 2}, object, b"x", {(1, 2): 3}, 1j):
    try:
        print(json.dumps(bad))
    except TypeError as e:
        print(e)
print(json.dumps({(1, 2): 3, "a": 1}, skipkeys=True))
try:
    json.dumps(float("nan"), allow_nan=False)
except ValueError as e:
    print(e)
loop = []
loop.append(loop)
try:
    json.dumps(loop)
except ValueError as e:
    print(e)


class Enc(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set):
            return sorted(o)
        return super().default(o)


print(json.dumps({"s": {3, 1}}, cls=Enc), json.dumps([1j], default=str), "".join(Enc().iterencode([{1}, 2])))
print(json.loads("[1, 2.0, -3e2, 1E5, true, false, null, \"\\u00e9\\ud83c\\udf89\\n\\/\"]"), json.loads(' {"a" : [ ] } '), json.loads(b'"bytes"'), json.loads("NaN") != 0, json.loads("-Infinity"))
print(json.loads('{"a": 1, "a": 2}'), json.loads('{"x": {"y": 1}}', object_hook=lambda d: sorted(d.items())), json.loads('{"b": 1, "a": 2}', object_pairs_hook=lambda p: p), json.loads("[1.5, 2]", parse_float=str, parse_int=lambda v: v + "i"))
for bad in ("", "[", "[1,]", "{", '{"a"}', '{"a":}', '{"a":1,}', "{a: 1}", "'a'", '"abc', '"\\x"', '"\\u12"', "01", "1.", "[1 2]", "tru", "nul", '"a\nb"', "[1] x", "+1", "-", '{"a":1 "b":2}', "\ufeff1"):
    try:
        print(json.loads(bad))
    except json.JSONDecodeError as e:
        print(repr(bad), e.msg, e.pos, e.lineno, e.colno)
try:
    json.loads(5)
except TypeError as e:
    print(e)
f = io.StringIO()
json.dump([1, {"k": "v"}], f)
f.seek(0)
print(f.getvalue(), json.load(f))
d = json.JSONDecoder()
print(d.raw_decode('{"a": 1} tail'), d.decode("[1]"))
print(json.loads("[" * 200 + "]" * 200) is not None, json.loads('"' + "a" * 1000 + '"') == "a" * 1000)
big = {str(i): [i, str(i), {"v": i / 3}] for i in range(200)}
print(json.loads(json.dumps(big)) == big, len(json.dumps(big)))
try:
    json.loads("[" * 100000)
except RecursionError:
    print("recursion")
print(json.dumps({"a": 1, "b": 2}, indent=0), json.dumps([], indent=2), json.dumps({}, indent=2))
