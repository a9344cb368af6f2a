# warnings: filters, categories, catch_warnings, showwarning, once and default rules.
import warnings


def old():
    warnings.warn("old is deprecated", DeprecationWarning, stacklevel=2)
    return 1


with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    old()
    warnings.warn("user")
    warnings.warn(RuntimeWarning("instance"))
    print([(x.category.__name__, str(x.message), x.lineno, x.filename.rpartition("/")[2]) for x in w])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("becomes error")
    except UserWarning as e:
        print(repr(e))
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("ignore")
    warnings.warn("ignored")
    print(len(w))
with warnings.catch_warnings(record=True) as w:
    warnings.resetwarnings()
    warnings.filterwarnings("default")
    for _ in range(3):
        warnings.warn("same place")
    warnings.filterwarnings("once", message="only")
    for _ in range(3):
        warnings.warn("only once")
    print(len(w))
with warnings.catch_warnings(record=True) as w:
    warnings.resetwarnings()
    warnings.filterwarnings("ignore", message="foo.*", category=UserWarning)
    warnings.filterwarnings("error", category=ResourceWarning)
    warnings.warn("foobar")
    warnings.warn("barfoo")
    try:
        warnings.warn("res", ResourceWarning)
    except ResourceWarning as e:
        print(e)
    print([str(x.message) for x in w])
for bad in (lambda: warnings.warn("x", int), lambda: warnings.simplefilter("bad"), lambda: warnings.filterwarnings("ignore", message=5), lambda: warnings.warn()):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
print(warnings.formatwarning("msg", UserWarning, "file.py", 5, "code line"), end="")
shown = []
orig = warnings.showwarning
with warnings.catch_warnings():
    warnings.simplefilter("always")
    warnings.showwarning = lambda m, c, f, l, file=None, line=None: shown.append((str(m), c.__name__))
    warnings.warn("custom show")
warnings.showwarning = orig
print(shown)


@warnings.deprecated("use new_f")
def f():
    return "f"


with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    print(f(), f.__deprecated__, [str(x.message) for x in w])
with warnings.catch_warnings(action="error", category=DeprecationWarning):
    try:
        old()
    except DeprecationWarning as e:
        print(e)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    exec("x = 5 is 5") if False else compile("x = 5 is 5", "<c>", "exec")
    compile("assert (1, 2)", "<c>", "exec")
    compile("'\\d'", "<c>", "exec")
    print([(x.category.__name__, str(x.message)) for x in w])
warnings.warn_explicit("explicit", UserWarning, "nofile.py", 1, registry={}) if False else None
import sys

sys.stderr = sys.stdout
warnings.simplefilter("always")
warnings.warn("to the stream")
