"""concurrent.futures: a thread pool maps a computation over objects of user classes.

A portfolio of loans of several kinds is valued: each object's `value` method runs a month-by-month
simulation. `ThreadPoolExecutor.map` spreads the objects over the threads; failures come back as
exceptions of their future.

    pool_map.py [--threads N] [--loans N]
"""

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass


@dataclass
class Loan:
    number: int
    principal: float
    rate: float
    months: int

    def payment(self, month, balance):
        raise NotImplementedError

    def value(self):
        """The total interest paid over the loan's life."""
        balance = self.principal
        interest = 0.0
        for month in range(self.months):
            due = balance * self.rate / 12
            interest += due
            balance += due - self.payment(month, balance)
            if balance <= 0.01:
                break
        return round(interest, 2)


class Annuity(Loan):
    def payment(self, month, balance):
        r = self.rate / 12
        return self.principal * r / (1 - (1 + r) ** -self.months)


class Linear(Loan):
    def payment(self, month, balance):
        return self.principal / self.months + balance * self.rate / 12


class Bullet(Loan):
    def payment(self, month, balance):
        due = balance * self.rate / 12
        return balance + due if month == self.months - 1 else due


class Broken(Loan):
    def value(self):
        raise ValueError(f"loan {self.number} has no terms")


def portfolio(count):
    kinds = (Annuity, Linear, Bullet)
    return [
        kinds[i % 3](number=i, principal=1000.0 + i % 977 * 10, rate=0.01 + i % 13 / 200, months=120 + i % 5 * 60)
        for i in range(count)
    ]


def value_of(loan):
    return loan.value()


def timed_map(loans, threads):
    start = time.perf_counter()
    with ThreadPoolExecutor(max_workers=threads) as pool:
        values = list(pool.map(value_of, loans, chunksize=16))
    return values, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description="A thread pool over objects of user classes.")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--loans", type=int, default=6_000)
    parser.add_argument("--small", action="store_true", help="a quick run")
    args = parser.parse_args()
    if args.small:
        args.loans = 60

    loans = portfolio(args.loans)
    values, alone = timed_map(loans, 1)
    print(f"{len(values)} loans, total interest {sum(values):.2f}")
    best = max(range(len(loans)), key=values.__getitem__)
    print(f"dearest: {type(loans[best]).__name__} number {loans[best].number} with {values[best]:.2f}")
    print(f"1 thread:  {alone:.3f} s")
    again, together = timed_map(loans, args.threads)
    if again != values:
        print("error: the pool computed other values", file=sys.stderr)
        return 1
    print(f"{args.threads} threads: {together:.3f} s, {alone / together:.2f} times as fast")

    with ThreadPoolExecutor(max_workers=args.threads) as pool:
        futures = {pool.submit(value_of, loan): loan for loan in loans[:3] + [Broken(-1, 0.0, 0.0, 0)]}
        failed = [str(f.exception()) for f in as_completed(futures) if f.exception() is not None]
    print(f"failures reported: {failed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
