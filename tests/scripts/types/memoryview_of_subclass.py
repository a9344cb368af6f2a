"""A view of an instance of a subclass of bytes names the instance, however short it is."""

import pickle


class Named(bytes):
    pass


for text in (b'', b'foo', b'seven..', b'longer than a word'):
    named = Named(text)
    view = memoryview(named)
    print(view.obj is named, view[1:].obj is named, view.cast('B').obj is named, memoryview(view).obj is named)
    print(bytes(view) == text, view == text, hash(view) == hash(named), view.toreadonly().obj is named)
    shown = memoryview(pickle.PickleBuffer(named))
    print(shown.obj is named, memoryview(text).obj == text, type(memoryview(text).obj).__name__)
    view.release()
    try:
        view.obj
    except ValueError as e:
        print(e)
