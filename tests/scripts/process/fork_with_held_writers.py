# Children of a process whose buffered writers of pipes hold something: who is in use is written once, by its owner.
import os


class Holder:
    pass


def run(keep):
    r, w = os.pipe()
    keep(os.fdopen(w, 'wb'))
    for _ in range(20):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    return r


def all_of(r):
    with os.fdopen(r, 'rb') as f:
        return f.read()


def in_a_global():
    global held

    def keep(f):
        global held
        held = f
        f.write(b'global')

    r = run(keep)
    held.close()
    print(all_of(r))


def in_a_local():
    kept = []

    def keep(f):
        f.write(b'local')
        kept.append(f)

    r = run(keep)
    kept.pop().close()
    print(all_of(r))


def deep_in_objects():
    root = at = Holder()
    for _ in range(50):
        at.next = Holder()
        at = at.next

    def keep(f):
        at.file = [{'f': (f,)}]
        f.write(b'deep')

    r = run(keep)
    at.file[0]['f'][0].close()
    print(all_of(r))


def dropped():
    def keep(f):
        f.write(b'dropped')

    print(all_of(run(keep)))


held = None
ballast = [[i] for i in range(20000)]
in_a_global()
in_a_local()
deep_in_objects()
dropped()
