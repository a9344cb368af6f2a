"""Two grammars."""


def use():
    import lark

    p = lark.Lark(
        r'''start: e
    ?e: e "+" t -> add | t
    ?t: t "*" f -> mul | f
    ?f: NUMBER -> n | "(" e ")"
    %import common.NUMBER
    %ignore " " ''',
        parser='lalr',
    )
    q = lark.Lark(r'''start: WORD+
    %import common.WORD
    %ignore " " ''')
    return p.parse('1+2*(3+4)').pretty(), q.parse('hi you').pretty()


if __name__ == "__main__":
    for part in use():
        print(part)
