# heapq and bisect.
import heapq
import bisect
from heapq import *
from bisect import *

h = []
for x in (5, 1, 8, 3, 2):
    heappush(h, x)


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
h, h[0], heappop(h), h, heappushpop(h, 4), heappushpop(h, 0), heapreplace(h, 10), h
(l := [5, 3, 8, 1], heapify(l), l)[2], [heappop(l) for _ in range(4)]
nlargest(2, [1, 5, 3]), nsmallest(2, [4, 1, 3]), nlargest(5, [1]), nsmallest(1, "bca"), nlargest(2, ["a", "ccc", "bb"], key=len), nsmallest(0, [1])
list(merge([1, 4], [2, 3], [])), list(merge([4, 1], [3, 2], reverse=True)), list(merge(["a", "ccc"], ["bb"], key=len))
heappop([])
heapify(5)
heappush((), 1)
heappop("a")
(m := [1, 5, 3], heapify_max(m), m[0], heappop_max(m), heappush_max(m, 9), m[0], heapreplace_max(m, 2), heappushpop_max(m, 0))[1:]
sorted(heapq.nsmallest(3, [(2, "b"), (1, "z"), (1, "a")])), [heapq.heappop(q) for q in [[1, 2, 3]] for _ in range(3)]
bisect([1, 2, 2, 3], 2), bisect_left([1, 2, 2, 3], 2), bisect_right([1, 2, 2, 3], 2), bisect_left([], 1), bisect_left([1, 2, 3], 2, 1, 2), bisect_right([1, 2, 3], 9), bisect_left(["a", "bb"], 2, key=len), bisect.bisect_left("abc", "b")
(s := [1, 3], insort(s, 2), insort_left(s, 2), insort(s, 0), s)[-1], (r := [(1, "a")], insort(r, (1, "b"), key=lambda p: p[1]), r)[-1]
bisect_left([1], 1, -1)
bisect_left([1], "a")
bisect_left(5, 1)
bisect_left([1, 2, 3, 4], 3, hi=2), bisect([1.5, 2.5], 2), "FDCBA"[bisect([60, 70, 80, 90], 85)]
""".strip().splitlines():
    check(line)
