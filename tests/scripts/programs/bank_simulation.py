# Threads transfer money under locks; an auditor checks the sum; events are logged through a queue.
import queue
import random
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field


class Insufficient(Exception):
    def __init__(self, account, amount):
        super().__init__(f"{account.name} has {account.balance}, needs {amount}")
        self.account = account


@dataclass
class Account:
    name: str
    balance: int = 0
    history: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def withdraw(self, n):
        if n > self.balance:
            raise Insufficient(self, n)
        self.balance -= n
        self.history.append(-n)

    def deposit(self, n):
        self.balance += n
        self.history.append(n)


class Bank:
    def __init__(self, count, money):
        self.accounts = {f"acc{i:02}": Account(f"acc{i:02}", money) for i in range(count)}
        self.events = queue.Queue()
        self.stopping = threading.Event()

    def transfer(self, a, b, n):
        first, second = sorted((self.accounts[a], self.accounts[b]), key=lambda x: x.name)
        with ExitStack() as stack:
            for acc in (first, second):
                stack.enter_context(acc.lock)
            self.accounts[a].withdraw(n)
            self.accounts[b].deposit(n)
        self.events.put(("ok", a, b, n))

    def total(self):
        with ExitStack() as stack:
            for name in sorted(self.accounts):
                stack.enter_context(self.accounts[name].lock)
            return sum(a.balance for a in self.accounts.values())


def client(bank, seed, rounds, failures):
    rng = random.Random(seed)
    names = sorted(bank.accounts)
    for _ in range(rounds):
        a, b = rng.sample(names, 2)
        try:
            bank.transfer(a, b, rng.randint(1, 60))
        except Insufficient as e:
            failures[seed] = failures.get(seed, 0) + 1
            bank.events.put(("failed", e.account.name, None, 0))


def audit(bank, totals):
    while not bank.stopping.is_set():
        totals.append(bank.total())


def collect(bank, counts):
    while (event := bank.events.get()) is not None:
        counts[event[0]] += 1


bank = Bank(8, 100)
failures, totals, counts = {}, [], Counter()
clients = [threading.Thread(target=client, args=(bank, seed, 300, failures)) for seed in range(4)]
auditor = threading.Thread(target=audit, args=(bank, totals))
collector = threading.Thread(target=collect, args=(bank, counts))
for t in (*clients, auditor, collector):
    t.start()
for t in clients:
    t.join()
bank.stopping.set()
auditor.join()
bank.events.put(None)
collector.join()
print(set(totals) <= {800}, bank.total(), sum(counts.values()), counts["failed"] == sum(failures.values()))
print(all(a.balance >= 0 and a.balance == 100 + sum(a.history) for a in bank.accounts.values()))
try:
    bank.transfer("acc00", "acc01", 10**6)
except Insufficient as e:
    print("refused", str(e).endswith("needs 1000000"), e.account.name)
print(repr(Account("x", 5)))
