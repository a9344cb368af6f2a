"""What the scripts about sqlite3 have in common."""


def show(f, *args, **kwargs):
    """What a call gives, or its exception with SQLite's numbers."""
    try:
        v = f(*args, **kwargs)
        print("->", "object" if " at 0x" in repr(v) else repr(v))
    except Exception as e:
        print(type(e).__name__, "|", e, "|", getattr(e, "sqlite_errorcode", None), getattr(e, "sqlite_errorname", None))
