# frozendict (PEP 814), where there is one.
import builtins
import copy
import pickle

if not hasattr(builtins, "frozendict"):
    print("ok")
    raise SystemExit

from collections.abc import Hashable, Mapping, MutableMapping


def error(f):
    try:
        f()
    except Exception as e:
        return type(e).__name__, str(e)


f = frozendict({"a": 1, "b": 2})
assert repr(f) == "frozendict({'a': 1, 'b': 2})" and repr(frozendict()) == "frozendict()"
assert frozendict.__mro__ == (frozendict, object) and not isinstance(f, dict)
assert isinstance(f, Mapping) and isinstance(f, Hashable) and not isinstance(f, MutableMapping)
assert list(f) == ["a", "b"] and list(reversed(f)) == ["b", "a"] and len(f) == 2
assert f["a"] == 1 and f.get("a") == 1 and f.get("x") is None and f.get("x", 5) == 5 and "a" in f and "x" not in f
assert list(f.items()) == [("a", 1), ("b", 2)] and type(f.keys()) is type({}.keys())
assert f == {"a": 1, "b": 2} and {"b": 2, "a": 1} == f and f != {"a": 1} and f == frozendict(b=2, a=1)
assert hash(f) == hash(frozendict(b=2, a=1)) == hash(frozenset(f.items()))
assert error(lambda: hash(frozendict(a=[]))) == ("TypeError", "unhashable type: 'list'")
assert error(lambda: f["x"]) == ("KeyError", "'x'")
assert error(lambda: f.__setitem__)[0] == "AttributeError"


def assign():
    f["a"] = 2


def delete():
    del f["a"]


assert error(assign) == ("TypeError", "'frozendict' object does not support item assignment")
assert error(delete) == ("TypeError", "'frozendict' object does not support item deletion")
assert error(lambda: setattr(f, "x", 1)) == (
    "AttributeError", "'frozendict' object has no attribute 'x' and no __dict__ for setting new attributes")
assert error(lambda: frozendict(1)) == ("TypeError", "'int' object is not iterable")
assert error(lambda: frozendict({}, {})) == ("TypeError", "frozendict expected at most 1 argument, got 2")
assert error(lambda: frozendict([(1, 2, 3)]))[0] == "ValueError"
assert error(lambda: frozendict([[[], 1]]))[0] == "TypeError"
assert error(lambda: f | 1) == ("TypeError", "unsupported operand type(s) for |: 'frozendict' and 'int'")
assert error(lambda: f | [("a", 2)])[0] == "TypeError"
assert error(lambda: f < f) == ("TypeError", "'<' not supported between instances of 'frozendict' and 'frozendict'")

assert repr(f | {"c": 3}) == "frozendict({'a': 1, 'b': 2, 'c': 3})"
assert repr({"z": 1} | f) == "{'z': 1, 'a': 1, 'b': 2}"
assert (f | {}) is f
g = f
g |= {"q": 1}
assert type(g) is frozendict and len(g) == 3 and len(f) == 2
assert frozendict(f) is f and f.copy() is f and copy.copy(f) is f
assert copy.deepcopy(f) == f and pickle.loads(pickle.dumps(f)) == f
assert frozendict.fromkeys("ab", 1) == {"a": 1, "b": 1} and type(frozendict.fromkeys("ab")) is frozendict
assert frozendict(f, b=3, c=4) == {"a": 1, "b": 3, "c": 4} and frozendict([("a", 1)]) == {"a": 1}
source = {"a": 1}
taken = frozendict(source)
source["a"] = 2
assert taken["a"] == 1
assert repr(frozendict[int, str]) == "frozendict[int, str]"
assert dict(f) == {**f} == {"a": 1, "b": 2}
d = {}
d.update(f)
assert d == f and (lambda **kw: kw)(**f) == f

match f:
    case {"a": x, **rest}:
        assert x == 1 and rest == {"b": 2}
    case _:
        assert False


class S(frozendict):
    pass


s = S(a=1)
assert repr(s) == "S({'a': 1})" and repr(S()) == "S()" and s == {"a": 1} == s and hash(s) == hash(frozendict(a=1))
assert type(s.copy()) is frozendict and type(s | {"b": 1}) is frozendict and type(S.fromkeys("a")) is S
assert type(frozendict(s)) is frozendict and s.__dict__ == {} and pickle.loads(pickle.dumps(s)) == s
s.more = 1
assert s.more == 1


class Default(frozendict):
    def __missing__(self, key):
        return key * 2


assert Default()["ab"] == "abab"
holds = []
cyclic = frozendict(a=holds)
holds.append(cyclic)
assert repr(cyclic) == "frozendict({'a': [frozendict({...})]})"
assert {f: 1}[frozendict(b=2, a=1)] == 1
print("ok")
