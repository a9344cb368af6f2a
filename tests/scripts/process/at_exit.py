"""What happens at the end of a program: exit functions, then finalizers of what is left."""

import atexit


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self, print=print):
        print('finalized:', self.name)


def generator(print=print):
    try:
        yield
    finally:
        print('generator closed')


one = Noisy('one')
suspended = generator()
next(suspended)
two = [Noisy('two')]
atexit.register(print, 'exit function')
print('end of the script')
