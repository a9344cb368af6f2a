# Functions that change what is to be called at the end while it is called.
import atexit


def a():
    print("a")


def late():
    print("late")


def registers():
    atexit.register(late)
    print("registered", atexit._ncallbacks())


def unregisters():
    atexit.unregister(a)
    print("unregistered", atexit._ncallbacks())


def clears():
    atexit._clear()
    print("cleared", atexit._ncallbacks())


for order in ([a, registers], [registers, a], [a, unregisters, a], [a, clears, a], [registers, registers], [a, unregisters, registers, a]):
    print([f.__name__ for f in order])
    for f in order:
        atexit.register(f)
    atexit._run_exitfuncs()
    print(atexit._ncallbacks())
for f in (a, registers, unregisters, registers):
    atexit.register(f)
