# The text of an uncaught exception group.
def fail(n):
    if n == 0:
        raise ValueError("zero")
    raise KeyError(n)


errors = []
for n in range(3):
    try:
        fail(n)
    except Exception as e:
        e.add_note(f"note {n}")
        errors.append(e)
inner = ExceptionGroup("inner", [TypeError("t"), OSError(2, "missing", "file")])
raise ExceptionGroup("several failed", [*errors, inner])
