"""What tracemalloc builds on. Allocations are not traced here, and start() says so."""


def start(nframe=1, /):
    """Refuse to trace."""
    if not 1 <= nframe <= 65535:
        raise ValueError('the number of frames must be in range [1; 65535]')
    raise RuntimeError('allocations are not traced: the heap keeps no record of where an object was made')


def stop():
    """Nothing was started."""


def is_tracing():
    """Return True if allocations are traced."""
    return False


def clear_traces():
    """There are no traces."""


def reset_peak():
    """There is no peak."""


def get_traceback_limit():
    """Get the number of frames that a trace would have."""
    return 1


def get_traced_memory():
    """Get the current and the peak size of traced blocks."""
    return 0, 0


def get_tracemalloc_memory():
    """Get the memory that traces take."""
    return 0


def _get_object_traceback(obj, /):
    return None


def _get_traces():
    return []
