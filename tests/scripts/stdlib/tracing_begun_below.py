"""Tracing that begins somewhere below a frame concerns that frame from its next line on, however the call was made."""

import functools
import sys

out = []


def trace(frame, event, arg):
    if frame.f_code.co_name == "f":
        out.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def on(frame):
    frame.f_trace = trace
    sys.settrace(trace)
    return 1


def with_keywords(frame, **keywords):
    keywords.clear()
    on(frame, **keywords)


class Ways:
    def __init__(self, frame):
        self.frame = frame

    @property
    def prop(self):
        on(self.frame)

    def __getattr__(self, name):
        on(self.frame)

    def __setattr__(self, name, value):
        if name == "other":
            on(self.frame)
        else:
            object.__setattr__(self, name, value)

    def __eq__(self, other):
        return on(self.frame)

    def __hash__(self):
        return on(self.frame)

    def __add__(self, other):
        return on(self.frame)

    def __getitem__(self, key):
        return on(self.frame)

    def __contains__(self, item):
        return on(self.frame)

    def __len__(self):
        return on(self.frame)

    def __str__(self):
        on(self.frame)
        return ""

    def __format__(self, spec):
        on(self.frame)
        return ""

    def __call__(self, *args, **keywords):
        return on(self.frame)

    def __iter__(self):
        on(self.frame)
        yield 1

    def __enter__(self):
        on(self.frame)

    def __exit__(self, *args):
        pass


def begin_and_fail(frame):
    on(frame)
    raise ValueError


def caught(frame):
    try:
        sorted([frame], key=begin_and_fail)
    except ValueError:
        pass


def f(how):
    how(sys._getframe())
    x = 1
    y = 2
    sys.settrace(None)


def inner_with(frame):
    with Ways(frame):
        pass


ways = {
    "plain": on,
    "keywords": with_keywords,
    "star": lambda fr: on(*[fr]),
    "double star": lambda fr: on(**{"frame": fr}),
    "property": lambda fr: Ways(fr).prop,
    "getattr": lambda fr: Ways(fr).zz,
    "getattr()": lambda fr: getattr(Ways(fr), "prop"),
    "setattr": lambda fr: setattr(Ways(fr), "other", 1),
    "eq": lambda fr: Ways(fr) == 1,
    "eq in list": lambda fr: [Ways(fr)].index(3),
    "hash": lambda fr: {Ways(fr): 1},
    "add": lambda fr: Ways(fr) + 1,
    "item": lambda fr: Ways(fr)[1],
    "in": lambda fr: 1 in Ways(fr),
    "len": lambda fr: len(Ways(fr)),
    "bool": lambda fr: not Ways(fr),
    "str": lambda fr: str(Ways(fr)),
    "f-string": lambda fr: f"{Ways(fr)}",
    "percent": lambda fr: "%s" % Ways(fr),
    "call": lambda fr: Ways(fr)(1, a=2),
    "iter": lambda fr: [*Ways(fr)],
    "unpack": lambda fr: [a for a, in [Ways(fr)]],
    "with": inner_with,
    "sorted": lambda fr: sorted([fr], key=on),
    "max": lambda fr: max([fr], key=on),
    "map": lambda fr: list(map(on, [fr])),
    "filter": lambda fr: list(filter(on, [fr])),
    "partial": functools.partial(on),
    "partial keywords": lambda fr: functools.partial(with_keywords, a=1)(fr),
    "reduce": lambda fr: functools.reduce(lambda a, b: on(fr), [1, 2]),
    "exec": lambda fr: exec("on(fr)", {"on": on, "fr": fr}),
    "eval": lambda fr: eval("on(fr)", {"on": on, "fr": fr}),
    "class": lambda fr: type("C", (), {"__init_subclass__": lambda **k: on(fr)}) and on(fr),
    "generator": lambda fr: list(on(fr) for _ in [1]),
    "caught": caught,
}
for name, how in ways.items():
    out.clear()
    try:
        f(how)
    except ValueError:
        pass
    sys.settrace(None)
    print(name, out)


# The same in the very frame.
def straight(which):
    fr = sys._getframe()
    w = Ways(fr)
    if which == 0:
        w.prop
    elif which == 1:
        w.zz
    elif which == 2:
        on(**{"frame": fr})
    elif which == 3:
        w == 1
    elif which == 4:
        w.other = 1
    elif which == 5:
        1 in w
    elif which == 6:
        w[1]
    elif which == 7:
        f"{w}"
    elif which == 8:
        sorted([fr], key=on)
    x = 1
    sys.settrace(None)


straight.__code__ = straight.__code__.replace(co_name="f")
for which in range(9):
    out.clear()
    straight(which)
    print(which, out)


# Profiling and monitoring.
def begin_profile(frame):
    sys.setprofile(lambda fr, event, arg: out.append((event, getattr(arg, "__name__", arg))) if fr.f_code.co_name == "g" else None)


class Profiled:
    @property
    def p(self):
        begin_profile(None)


def g(how):
    how()
    abs(1)
    sys.setprofile(None)


for how in begin_profile.__get__(1), lambda: Profiled().p, lambda: begin_profile(**{"frame": 1}), lambda: sorted([1], key=begin_profile):
    out.clear()
    g(how)
    sys.setprofile(None)
    print(out)

M = sys.monitoring
M.use_tool_id(1, "test")
M.register_callback(1, M.events.LINE, lambda code, line: out.append(line - code.co_firstlineno) if code.co_name == "h" else None)


def begin_lines(_):
    M.set_events(1, M.events.LINE)


class Monitored:
    @property
    def p(self):
        begin_lines(None)


def h(how):
    how()
    x = 1
    M.set_events(1, 0)


for how in begin_lines.__get__(1), lambda: Monitored().p, lambda: begin_lines(**{"_": 1}), lambda: sorted([1], key=begin_lines):
    out.clear()
    h(how)
    M.set_events(1, 0)
    print(out)
M.free_tool_id(1)
