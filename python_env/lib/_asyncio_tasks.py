"""Which tasks an event loop has, and which one runs now.

This is kept with the loop itself: loops in several threads share nothing, and a loop's tasks can be asked for from
any thread.
"""

import weakref
from asyncio import events, futures

__all__ = [
    "all_tasks", "current_task", "_enter_task", "_leave_task", "_register_eager_task", "_register_task",
    "_swap_current_task", "_unregister_eager_task", "_unregister_task",
]


class _Tasks:
    __slots__ = ("scheduled", "eager", "current")

    def __init__(self):
        self.scheduled = weakref.WeakSet()
        self.eager = set()
        self.current = None


# Of loops that have no attributes.
_others = weakref.WeakKeyDictionary()


def _tasks(loop):
    try:
        attributes = loop.__dict__
    except AttributeError:
        attributes = None
    if attributes is None:
        return _others.setdefault(loop, _Tasks())
    try:
        return attributes["_tasks"]
    except KeyError:
        return attributes.setdefault("_tasks", _Tasks())


def current_task(loop=None):
    """Return a currently executed task."""
    if loop is None:
        loop = events.get_running_loop()
    return _tasks(loop).current


def all_tasks(loop=None):
    """Return a set of all tasks for the loop."""
    if loop is None:
        loop = events.get_running_loop()
    tasks = _tasks(loop)
    while True:
        try:
            # Eager ones first: one may become a scheduled one meanwhile.
            found = [*tasks.eager, *tasks.scheduled]
            break
        except RuntimeError:
            # The loop's own thread added or removed one.
            pass
    return {t for t in found if not t.done()}


def _register_task(task):
    _tasks(futures._get_loop(task)).scheduled.add(task)


def _register_eager_task(task):
    _tasks(futures._get_loop(task)).eager.add(task)


def _unregister_task(task):
    _tasks(futures._get_loop(task)).scheduled.discard(task)


def _unregister_eager_task(task):
    _tasks(futures._get_loop(task)).eager.discard(task)


def _enter_task(loop, task):
    tasks = _tasks(loop)
    if tasks.current is not None:
        raise RuntimeError(f"Cannot enter into task {task!r} while another "
                           f"task {tasks.current!r} is being executed.")
    tasks.current = task


def _leave_task(loop, task):
    tasks = _tasks(loop)
    if tasks.current is not task:
        raise RuntimeError(f"Leaving task {task!r} does not match "
                           f"the current task {tasks.current!r}.")
    tasks.current = None


def _swap_current_task(loop, task):
    tasks = _tasks(loop)
    previous, tasks.current = tasks.current, task
    return previous
