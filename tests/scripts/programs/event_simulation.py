# A discrete-event simulation with generators as processes, a state machine, an observer, a plugin registry.
import heapq
import random
from abc import ABC, abstractmethod
from collections import deque
from enum import Enum, auto


class Simulation:
    def __init__(self):
        self.now = 0.0
        self.queue = []
        self.count = 0
        self.log = []

    def process(self, gen, name):
        self.schedule(0, gen, None, name)

    def schedule(self, delay, gen, value, name):
        self.count += 1
        heapq.heappush(self.queue, (self.now + delay, self.count, gen, value, name))

    def run(self, until):
        while self.queue and self.queue[0][0] <= until:
            self.now, _, gen, value, name = heapq.heappop(self.queue)
            try:
                command = gen.send(value)
            except StopIteration as e:
                self.log.append((round(self.now, 2), name, "done", e.value))
                continue
            match command:
                case ("wait", delay):
                    self.schedule(delay, gen, None, name)
                case ("take", resource):
                    if resource.free:
                        resource.free -= 1
                        self.schedule(0, gen, True, name)
                    else:
                        resource.waiting.append((gen, name))
                case ("give", resource):
                    if resource.waiting:
                        other, oname = resource.waiting.popleft()
                        self.schedule(0, other, True, oname)
                    else:
                        resource.free += 1
                    self.schedule(0, gen, None, name)
                case _:
                    gen.throw(ValueError(f"bad command {command}"))


class Resource:
    def __init__(self, n):
        self.free = n
        self.waiting = deque()


def customer(sim, counter, rng, n):
    arrived = sim.now
    yield ("take", counter)
    waited = sim.now - arrived
    yield ("wait", rng.uniform(1, 3))
    yield ("give", counter)
    return round(waited, 3)


def source(sim, counter, rng):
    for n in range(6):
        sim.process(customer(sim, counter, rng, n), f"customer{n}")
        yield ("wait", rng.expovariate(1))


sim = Simulation()
counter = Resource(2)
sim.process(source(sim, counter, random.Random(11)), "source")
sim.run(100)
for entry in sim.log:
    print(*entry)


class State(Enum):
    IDLE = auto()
    RUNNING = auto()
    PAUSED = auto()
    STOPPED = auto()


class Machine:
    TRANSITIONS = {(State.IDLE, "start"): State.RUNNING, (State.RUNNING, "pause"): State.PAUSED, (State.PAUSED, "resume"): State.RUNNING, (State.RUNNING, "stop"): State.STOPPED}

    def __init__(self):
        self.state = State.IDLE
        self.observers = []

    def on_change(self, f):
        self.observers.append(f)
        return f

    def fire(self, event):
        try:
            new = self.TRANSITIONS[self.state, event]
        except KeyError:
            raise RuntimeError(f"{event} is impossible when {self.state.name}") from None
        old, self.state = self.state, new
        for f in self.observers:
            f(old, new)


m = Machine()


@m.on_change
def report(old, new):
    print(f"{old.name} -> {new.name}")


for event in ("start", "pause", "start", "resume", "stop", "stop"):
    try:
        m.fire(event)
    except RuntimeError as e:
        print(e)


class Plugin(ABC):
    registry = {}

    def __init_subclass__(cls, /, name=None, **kw):
        super().__init_subclass__(**kw)
        if name:
            Plugin.registry[name] = cls

    @abstractmethod
    def apply(self, x): ...

    def __or__(self, other):
        return Chain(self, other)


class Chain(Plugin):
    def __init__(self, *parts):
        self.parts = parts

    def apply(self, x):
        for p in self.parts:
            x = p.apply(x)
        return x


class Double(Plugin, name="double"):
    def apply(self, x):
        return x * 2


class Inc(Plugin, name="inc"):
    def __init__(self, by=1):
        self.by = by

    def apply(self, x):
        return x + self.by


print(sorted(Plugin.registry), (Double() | Inc(5) | Double()).apply(10))
try:
    Plugin()
except TypeError as e:
    print(e)


class Meta(type):
    def __new__(mcls, name, bases, ns):
        fields = {k: v for k, v in ns.items() if isinstance(v, Field)}
        cls = super().__new__(mcls, name, bases, ns)
        cls._fields = {**getattr(cls, "_fields", {}), **fields}
        return cls


class Field:
    def __init__(self, kind, default=None):
        self.kind, self.default = kind, default

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, obj, owner):
        return self if obj is None else obj.__dict__.get(self.name, self.default)

    def __set__(self, obj, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name} must be {self.kind.__name__}, not {type(value).__name__}")
        obj.__dict__[self.name] = value


class Model(metaclass=Meta):
    def __init__(self, **kw):
        for k, v in kw.items():
            if k not in self._fields:
                raise TypeError(f"unknown field {k}")
            setattr(self, k, v)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{k}={getattr(self, k)!r}' for k in self._fields)})"


class User(Model):
    name = Field(str)
    age = Field(int, 18)


class Admin(User):
    level = Field(int, 1)


print(User(name="ann"), Admin(name="bob", level=3, age=40), list(Admin._fields))
for bad in (lambda: User(name=5), lambda: User(nope=1), lambda: setattr(User(), "age", "x")):
    try:
        bad()
    except TypeError as e:
        print(e)
