# Data structures written in Python: LRU cache, huffman codes, dijkstra, trie, heap, AVL tree, union-find.
import heapq


class Link:
    __slots__ = ("key", "value", "prev", "next")


class LRU:
    def __init__(self, size):
        self.size = size
        self.map = {}
        self.root = Link()
        self.root.prev = self.root.next = self.root

    def _unlink(self, l):
        l.prev.next, l.next.prev = l.next, l.prev

    def _front(self, l):
        l.prev, l.next = self.root, self.root.next
        self.root.next.prev = l
        self.root.next = l

    def get(self, key, default=None):
        if (l := self.map.get(key)) is None:
            return default
        self._unlink(l)
        self._front(l)
        return l.value

    def put(self, key, value):
        l = self.map.get(key)
        if l is None:
            if len(self.map) >= self.size:
                old = self.root.prev
                self._unlink(old)
                del self.map[old.key]
            l = self.map[key] = Link()
            l.key = key
        else:
            self._unlink(l)
        l.value = value
        self._front(l)

    def __iter__(self):
        l = self.root.next
        while l is not self.root:
            yield l.key, l.value
            l = l.next


c = LRU(3)
for i in range(5):
    c.put(i, i * i)
c.get(3)
c.put(9, 81)
print(list(c), c.get(0), c.get(4), len(c.map))


def huffman(text):
    freq = {}
    for ch in text:
        freq[ch] = freq.get(ch, 0) + 1
    heap = [(n, i, ch) for i, (ch, n) in enumerate(sorted(freq.items()))]
    heapq.heapify(heap)
    count = len(heap)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], count, (a[2], b[2])))
        count += 1
    codes = {}

    def walk(node, prefix):
        if isinstance(node, str):
            codes[node] = prefix or "0"
        else:
            walk(node[0], prefix + "0")
            walk(node[1], prefix + "1")

    walk(heap[0][2], "")
    return codes


text = "abracadabra alakazam"
codes = huffman(text)
bits = "".join(codes[ch] for ch in text)
print(codes, len(bits))
back, cur = "", ""
inverse = {v: k for k, v in codes.items()}
for b in bits:
    cur += b
    if cur in inverse:
        back += inverse[cur]
        cur = ""
print(back == text)
graph = {"a": {"b": 7, "c": 9, "f": 14}, "b": {"c": 10, "d": 15}, "c": {"d": 11, "f": 2}, "d": {"e": 6}, "f": {"e": 9}, "e": {}}


def dijkstra(g, start):
    dist, prev, todo = {start: 0}, {}, [(0, start)]
    while todo:
        d, u = heapq.heappop(todo)
        if d > dist[u]:
            continue
        for v, w in g[u].items():
            if d + w < dist.get(v, float("inf")):
                dist[v] = d + w
                prev[v] = u
                heapq.heappush(todo, (d + w, v))
    return dist, prev


dist, prev = dijkstra(graph, "a")
path = ["e"]
while path[-1] != "a":
    path.append(prev[path[-1]])
print(sorted(dist.items()), path[::-1])


class Trie:
    def __init__(self):
        self.kids = {}
        self.end = False

    def add(self, word):
        node = self
        for ch in word:
            node = node.kids.setdefault(ch, Trie())
        node.end = True

    def __iter__(self):
        if self.end:
            yield ""
        for ch in sorted(self.kids):
            for rest in self.kids[ch]:
                yield ch + rest

    def starting(self, prefix):
        node = self
        for ch in prefix:
            if (node := node.kids.get(ch)) is None:
                return []
        return [prefix + rest for rest in node]


t = Trie()
for w in "to tea ted ten i in inn A".split():
    t.add(w)
print(list(t), t.starting("te"), t.starting("x"))


class AVL:
    class Node:
        __slots__ = "key", "left", "right", "height"

        def __init__(self, key):
            self.key, self.left, self.right, self.height = key, None, None, 1

    def __init__(self):
        self.root = None

    @staticmethod
    def h(n):
        return n.height if n else 0

    def fix(self, n):
        n.height = 1 + max(self.h(n.left), self.h(n.right))
        balance = self.h(n.left) - self.h(n.right)
        if balance > 1:
            if self.h(n.left.left) < self.h(n.left.right):
                n.left = self.rot_left(n.left)
            return self.rot_right(n)
        if balance < -1:
            if self.h(n.right.right) < self.h(n.right.left):
                n.right = self.rot_right(n.right)
            return self.rot_left(n)
        return n

    def rot_right(self, n):
        m = n.left
        n.left, m.right = m.right, n
        self.fix(n)
        return self.fix(m)

    def rot_left(self, n):
        m = n.right
        n.right, m.left = m.left, n
        self.fix(n)
        return self.fix(m)

    def insert(self, key):
        def go(n):
            if n is None:
                return AVL.Node(key)
            if key < n.key:
                n.left = go(n.left)
            elif key > n.key:
                n.right = go(n.right)
            return self.fix(n)

        self.root = go(self.root)

    def __iter__(self):
        def walk(n):
            if n:
                yield from walk(n.left)
                yield n.key
                yield from walk(n.right)

        return walk(self.root)


a = AVL()
for i in range(500):
    a.insert(i * 7919 % 1009)
keys = list(a)
print(len(keys), keys == sorted(keys), a.root.height, keys[:5])
parent = list(range(20))


def find(x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


for x, y in [(1, 2), (3, 4), (2, 3), (10, 11), (11, 12), (19, 0)]:
    parent[find(x)] = find(y)
print(len({find(x) for x in range(20)}), find(1) == find(4), find(1) == find(10))
