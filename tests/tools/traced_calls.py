"""Counts the line events of calls, which debugging modes interrupt."""
import sys

lines = 0


def tracer(frame, event, arg):
    global lines
    if frame.f_code is caller.__code__ and event == "line":
        lines += 1
    return tracer


def called():
    return [[]]


def caller():
    called()
    called()


sys.settrace(tracer)
for _ in range(1000):
    caller()
sys.settrace(None)
print(lines)
