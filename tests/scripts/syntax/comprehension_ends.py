"""What a comprehension's variables named last is not kept by them."""
import gc
import weakref


class C:
    pass


def ring(n):
    nodes = [C() for _ in range(n)]
    for i in range(n):
        nodes[i].next = nodes[(i + 1) % n]
    return nodes


def names_them():
    nodes = ring(4)
    refs = [weakref.ref(node) for node in nodes]
    seen = {id(node) for node in nodes if [other for other in nodes]}
    by_id = {id(node): i for i, node in enumerate(nodes)}
    del nodes
    gc.collect()
    return len(seen), len(by_id), [ref() for ref in refs]


print(names_them())


class Finalized:
    def __del__(self):
        done.append(self.n)


done = []


def finalized():
    nodes = [Finalized() for _ in range(3)]
    for n, node in enumerate(nodes):
        node.n, node.next = n, nodes[n - 1]
    ids = [id(node) for node in nodes]
    del nodes, node
    gc.collect()
    return len(ids), sorted(done)


print(finalized())
