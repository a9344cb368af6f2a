# Four threads append to one list.
import threading

shared = []


def work():
    for i in range(200000):
        shared.append(i)


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(shared))
