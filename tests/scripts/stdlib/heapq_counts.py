# The quick forms refuse counts of arguments that the general ones refuse.
import heapq

for name in ("heappush", "heappop", "heappushpop", "heapreplace", "heapify", "heappush_max", "heappop_max"):
    for count in range(5):
        heap = [1, 2, 3]
        try:
            print(name, count, getattr(heapq, name)(*([heap] + [5] * 4)[:count]), heap)
        except TypeError:
            print(name, count, "TypeError", heap)
try:
    heapq.heappop([1], 2)
except TypeError as e:
    print(e)
