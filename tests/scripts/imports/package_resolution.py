# How a relative import finds its package, and what is said of doubtful ways.
import warnings

warnings.simplefilter("always")
warnings.showwarning = lambda message, category, *rest: print(category.__name__, message)


class Spec:
    def __init__(self, parent):
        self.parent = parent


for namespace in (
    {"__name__": "json.tool", "__path__": []}, {"__name__": "json.tool"}, {"__package__": "json", "__spec__": Spec("json")},
    {"__package__": "json", "__spec__": Spec("email")}, {"__package__": "json", "__spec__": None}, {"__package__": "json"},
    {"__package__": None, "__name__": "json.x"}, {"__spec__": Spec("json")}, {"__package__": 3}, {"__name__": "x"}, {},
):
    try:
        print(__import__("", namespace, {}, ["x"], 1).__name__)
    except Exception as e:
        print(type(e).__name__, e)
warnings.simplefilter("error")
try:
    __import__("", {"__name__": "json.tool"}, {}, ["x"], 1)
except ImportWarning as e:
    print(e)
