# Elements that are no pairs.
def said(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "__notes__", None))


def bad(error):
    yield "k"
    raise error("oops")


said(lambda: {}.update([object() for _ in range(3)]))
said(lambda: {}.update([(1, 2), 5]))
said(lambda: {}.update(["a"]))
said(lambda: dict([bad(TypeError)]))
said(lambda: dict([(1, 2), bad(TypeError)]))
said(lambda: dict([bad(ValueError)]))
