"""Schemas: what is loaded and what is refused."""


def use():
    import marshmallow as m

    class S(m.Schema):
        n = m.fields.Str(required=True)
        e = m.fields.Email()
        d = m.fields.DateTime()
        l = m.fields.List(m.fields.Int())

    out = [S().load({'n': 'x', 'e': 'a@b.cc', 'd': '2020-01-01T00:00:00', 'l': ['1', 2]})]
    try:
        S().load({'e': 'x', 'l': ['q']})
    except m.ValidationError as e:
        out.append(e.messages)
    return out


if __name__ == "__main__":
    for part in use():
        print(part)
