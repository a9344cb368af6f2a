# Four threads insert at the front of one long list, so that each holds its lock most of the time.
import threading

shared = list(range(200000))


def work():
    for i in range(500):
        shared.insert(0, i)


threads = [threading.Thread(target=work) for _ in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(shared))
