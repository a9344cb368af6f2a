# Old and shared containers take young objects while garbage is collected.
class Node:
    def __init__(self, v): self.v, self.next = v, None
keep = {i: [] for i in range(50)}
nodes = [Node(i) for i in range(50)]
total = 0
for r in range(300):
    for i in range(50):
        keep[i].append([r, i])
        nodes[i].next = Node((r, i))
        if len(keep[i]) > 20: keep[i].clear()
    [str(k) * 3 for k in range(100)]
    for i in range(50):
        total += sum(x[1] for x in keep[i]) + nodes[i].next.v[1]
print(total)
