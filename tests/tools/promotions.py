# Stores into shared objects, each kind on a line of its own.
import threading

shared_list, shared_dict = [], {}


class Shared:
    pass


shared = Shared()
shared.x = None
threading.Thread(target=lambda: (shared_list, shared_dict, shared)).start()


def stores():
    for i in range(10):
        shared_list.append([[i], "a string of its own %d" % i])
        shared_dict[i] = [i]
        shared.x = [i]
        local = [[i]]


stores()
