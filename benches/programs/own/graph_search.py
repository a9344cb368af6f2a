"""Paths through a maze of streets: breadth first, Dijkstra, A*, minimum spanning tree, components."""

import heapq
import random
from collections import defaultdict, deque
from typing import NamedTuple


class Point(NamedTuple):
    x: int
    y: int

    def distance(self, other):
        return abs(self.x - other.x) + abs(self.y - other.y)


class Graph:
    def __init__(self):
        self.edges = defaultdict(dict)

    def connect(self, a, b, cost):
        self.edges[a][b] = cost
        self.edges[b][a] = cost

    def __iter__(self):
        return iter(self.edges)

    def __len__(self):
        return len(self.edges)

    def neighbours(self, node):
        return self.edges[node].items()

    def hops(self, start):
        seen, queue = {start: 0}, deque([start])
        while queue:
            node = queue.popleft()
            for other, _ in self.neighbours(node):
                if other not in seen:
                    seen[other] = seen[node] + 1
                    queue.append(other)
        return seen

    def dijkstra(self, start):
        best, done, heap = {start: 0}, set(), [(0, start)]
        while heap:
            cost, node = heapq.heappop(heap)
            if node in done:
                continue
            done.add(node)
            for other, step in self.neighbours(node):
                new = cost + step
                if new < best.get(other, float("inf")):
                    best[other] = new
                    heapq.heappush(heap, (new, other))
        return best

    def a_star(self, start, goal):
        came_from, cost = {}, {start: 0}
        heap = [(start.distance(goal), 0, start)]
        while heap:
            _, so_far, node = heapq.heappop(heap)
            if node == goal:
                path = [node]
                while node in came_from:
                    node = came_from[node]
                    path.append(node)
                return so_far, path[::-1]
            if so_far > cost[node]:
                continue
            for other, step in self.neighbours(node):
                new = so_far + step
                if other not in cost or new < cost[other]:
                    cost[other] = new
                    came_from[other] = node
                    heapq.heappush(heap, (new + other.distance(goal), new, other))
        return None

    def components(self):
        left = set(self)
        while left:
            found = set(self.hops(min(left)))
            yield found
            left -= found

    def spanning_tree(self):
        parent = {node: node for node in self}

        def root(node):
            while parent[node] != node:
                parent[node] = parent[parent[node]]
                node = parent[node]
            return node

        total = 0
        edges = sorted((cost, a, b) for a in self for b, cost in self.neighbours(a) if a < b)
        for cost, a, b in edges:
            ra, rb = root(a), root(b)
            if ra != rb:
                parent[ra] = rb
                total += cost
        return total


def city(width, height, seed):
    rnd = random.Random(seed)
    graph = Graph()
    for x in range(width):
        for y in range(height):
            here = Point(x, y)
            for there in (Point(x + 1, y), Point(x, y + 1)):
                if there.x < width and there.y < height and rnd.random() < 0.8:
                    graph.connect(here, there, rnd.randint(1, 9))
    return graph


def run(n):
    out = []
    for seed in range(n):
        graph = city(24, 24, seed)
        districts = sorted(graph.components(), key=len, reverse=True)
        corner = min(districts[0])
        far = max(districts[0])
        best = graph.dijkstra(corner)
        cost, path = graph.a_star(corner, far)
        assert cost == best[far] and len(path) > graph.hops(corner)[far]
        out.append((len(graph), len(districts), cost, len(path), graph.spanning_tree(), max(best.values())))
    return str(out[:2]) + str(sum(map(sum, out)))
