# SystemExit with a message from deep inside; finally and atexit still run.
import atexit
import sys

atexit.register(print, "atexit ran")


def leave():
    try:
        sys.exit("leaving with a message")
    finally:
        print("finally ran")


class E(Exception):
    def __str__(self):
        raise ValueError("no str")


try:
    leave()
except Exception:
    print("not an Exception")
print("never reached")
