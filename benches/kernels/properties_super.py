"""Properties, class and static methods, super() chains."""

N = 380_000


class Account:
    count = 0

    def __init__(self, balance):
        self._balance = balance

    @property
    def balance(self):
        return self._balance

    @balance.setter
    def balance(self, value):
        self._balance = value

    @classmethod
    def bump(cls):
        cls.count += 1
        return cls.count

    @staticmethod
    def fee(amount):
        return amount // 100

    def deposit(self, amount):
        self.balance = self.balance + amount - self.fee(amount)
        return 1


class Savings(Account):
    def deposit(self, amount):
        return super().deposit(amount + 1) + 1


class Bonus(Savings):
    def deposit(self, amount):
        return super().deposit(amount) + 1


def run(n):
    a = Bonus(10)
    b = Savings(20)
    levels = 0
    for i in range(n):
        levels += a.deposit(i & 255)
        levels += b.deposit(3)
        if a.balance > 1_000_000:
            a.balance -= 1_000_000
        if i & 3 == 0:
            levels += Bonus.bump() & 1
    result = a.balance, b.balance, levels
    Bonus.count = 0
    return result
