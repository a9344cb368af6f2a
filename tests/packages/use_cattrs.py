"""Structures classes and explains why it cannot."""


def use():
    import attrs, cattrs, typing as t, enum

    @attrs.define
    class P:
        x: int
        y: t.Optional[str] = None

    @attrs.define
    class Q:
        ps: t.List[P]
        m: t.Dict[str, float] = {}

    q = cattrs.structure({'ps': [{'x': '1'}, {'x': 2, 'y': 'z'}], 'm': {'a': 1}}, Q)
    out = [q, cattrs.unstructure(q)]
    try:
        cattrs.structure({'ps': [{'x': 'q'}]}, Q)
    except Exception as e:
        out.append(cattrs.transform_error(e))
    return out


if __name__ == "__main__":
    for part in use():
        print(part)
