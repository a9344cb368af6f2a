# An uncaught chain: cause, context, notes, a class with module, a multi-line message.
import json


class AppError(Exception):
    pass


class Odd(Exception):
    def __str__(self):
        return "first line\nsecond line"


def load():
    try:
        json.loads("{bad")
    except ValueError as e:
        e.__traceback__ = None
        raise AppError("cannot load", 5) from e


try:
    load()
except AppError as e:
    e.add_note("a note")
    raise Odd()
