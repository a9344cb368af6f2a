"""A bank with several counters, simulated event by event: customers arrive, queue, are served, lose patience."""

import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count


class Kind(Enum):
    ARRIVAL = auto()
    SERVED = auto()
    IMPATIENT = auto()
    BREAK_OVER = auto()


@dataclass(order=True)
class Event:
    time: float
    number: int
    kind: Kind = field(compare=False)
    subject: object = field(compare=False, default=None)


@dataclass
class Customer:
    name: str
    arrived: float
    patience: float
    served_at: float | None = None
    left: bool = False

    @property
    def waited(self):
        return None if self.served_at is None else self.served_at - self.arrived


class Counter:
    def __init__(self, name, speed):
        self.name = name
        self.speed = speed
        self.busy_with = None
        self.served = 0
        self.on_break = False

    @property
    def is_free(self):
        return self.busy_with is None and not self.on_break


class Bank:
    def __init__(self, seed, counters=4, customers=400):
        self.random = random.Random(seed)
        self.now = 0.0
        self.events = []
        self.numbers = count()
        self.queue = deque()
        self.counters = [Counter(f"counter {i}", 0.8 + 0.1 * i) for i in range(counters)]
        self.to_come = customers
        self.customers = []
        self.log = []

    def schedule(self, delay, kind, subject=None):
        heapq.heappush(self.events, Event(self.now + delay, next(self.numbers), kind, subject))

    def note(self, text):
        self.log.append(f"{self.now:9.2f} {text}")

    def handle_arrival(self, _):
        customer = Customer(f"c{len(self.customers)}", self.now, self.random.uniform(3, 20))
        self.customers.append(customer)
        self.queue.append(customer)
        self.schedule(customer.patience, Kind.IMPATIENT, customer)
        self.to_come -= 1
        if self.to_come:
            self.schedule(self.random.expovariate(0.9), Kind.ARRIVAL)
        self.note(f"{customer.name} arrives, {len(self.queue)} waiting")
        self.serve()

    def handle_served(self, counter):
        customer, counter.busy_with = counter.busy_with, None
        counter.served += 1
        self.note(f"{customer.name} leaves {counter.name}")
        if counter.served % 25 == 0:
            counter.on_break = True
            self.schedule(5, Kind.BREAK_OVER, counter)
        self.serve()

    def handle_impatient(self, customer):
        if customer.served_at is None and not customer.left:
            customer.left = True
            self.queue.remove(customer)
            self.note(f"{customer.name} gives up")

    def handle_break_over(self, counter):
        counter.on_break = False
        self.serve()

    def serve(self):
        for counter in sorted((c for c in self.counters if c.is_free), key=lambda c: -c.speed):
            if not self.queue:
                break
            customer = self.queue.popleft()
            customer.served_at = self.now
            counter.busy_with = customer
            self.schedule(self.random.gammavariate(2, 1.8) / counter.speed, Kind.SERVED, counter)

    def run(self):
        handlers = {kind: getattr(self, f"handle_{kind.name.lower()}") for kind in Kind}
        self.schedule(0, Kind.ARRIVAL)
        while self.events:
            event = heapq.heappop(self.events)
            self.now = event.time
            handlers[event.kind](event.subject)
        return self

    def report(self):
        waits = sorted(c.waited for c in self.customers if c.waited is not None)
        gave_up = sum(c.left for c in self.customers)
        by_counter = ", ".join(f"{c.name}: {c.served}" for c in self.counters)
        return f"{len(waits)} served, {gave_up} gave up, median wait {waits[len(waits) // 2]:.3f}; {by_counter}; {len(self.log)} lines"


def run(n):
    reports = [Bank(seed).run().report() for seed in range(n)]
    return "|".join(reports[:3]) + f"#{len(set(reports))}"
