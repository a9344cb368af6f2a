"""Formats a snippet and its own source."""

import hashlib


def use():
    import black

    src = open(black.__file__).read()
    return (
        black.format_str("def f(a,\n b): return {'x':1,  'y':[ 1,2 ]}\n", mode=black.Mode()),
        hashlib.md5(black.format_str(src, mode=black.Mode(line_length=70)).encode()).hexdigest(),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
