"""`list.remove` where the comparison itself removes the item, in a list that threads share."""
import threading


class Removes:
    def __init__(self, items):
        self.items = items

    def __eq__(self, other):
        if other == 2 and 2 in self.items:
            del self.items[self.items.index(2)]
        return other == 2

    __hash__ = None


def run(items):
    print(items.remove(Removes(items)), 2 in items)
    try:
        items.remove('nothing')
    except ValueError as e:
        print(e)


shared = [1, 2, 3]
t = threading.Thread(target=run, args=(shared,))
t.start()
t.join()
