"""Checked calls."""


def use():
    import typeguard, typing as t

    @typeguard.typechecked
    def f(x: int, y: t.List[str]) -> t.Dict[str, int]:
        return {'a': x}

    out = [f(1, ['a'])]
    for a in ((1, [2]), ('x', [])):
        try:
            f(*a)
        except typeguard.TypeCheckError as e:
            out.append(str(e))
    return out


if __name__ == "__main__":
    for part in use():
        print(part)
