# Escape sequences in strings with fields, nesting of fields, lambdas.
import warnings

warnings.simplefilter("error")
SOURCES = [
    r'''f"\xZZ"''', r'''f"{x}\xZZ"''', r'''f"a{x}b\N{NOPE}{y}"''', r'''f"ok" f"\xZZ"''', 'f"""\\xZZ\nabc"""',
    'f"""abc\ndef\\xZZ"""', 'x = (1,\n  f"\\xZZ")', r"f'\N'", r"f'\N '", r"f'\N{'", r"f'\N{GREEK CAPITAL LETTER DELTA'",
    r'''f"\u12"''', r"f'\U12'", r'''t"\xZZ"''', r'''f"\N{AMPERSAND}\xZ"''', 'f"é\\xZ"', 'f"\\N{é}"', r'''rf"\xZ"''',
    r'''f"\N{EM DASH}"''', r'''f"\U00110000"''', "f'{lambda x:}'", "f'{lambda :}'", "f'{lambda x:x}'", '{lambda x:}',
    'f"{x:{y:{z:{w}}}}"', 'f"{x:{y:{z}}}"', 'f"{f"{f"{1}"}"}"', 'f"{x:{y:{f"{1:{2}}"}}}"', r"f'\{6*7}'", r"f'a\{x}'",
    r"rf'\{x}'", r"f'\{{'", r"f'{x:\{y}}'",
]
for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as e:
        place = "" if "invalid escape" in e.msg else (e.lineno, e.offset, e.end_lineno, e.end_offset)
        print(repr(source), e.msg, place)
    else:
        print(repr(source), "is right")
nested = "1 1"
for _ in range(160):
    nested = f'f"{{{nested}:{{1}}}}"'
for source in ["f'" + "{" * 3 + "1 1" + "}" * 3 + "'", nested]:
    try:
        compile(source, "<source>", "eval")
    except SyntaxError as e:
        print(e.msg)
