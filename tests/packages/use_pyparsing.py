"""An arithmetic grammar."""


def use():
    import pyparsing as pp

    e = pp.Forward()
    n = pp.pyparsing_common.number
    a = n | '(' + e + ')'
    e <<= pp.infix_notation(n, [(pp.one_of('* /'), 2, pp.OpAssoc.LEFT), (pp.one_of('+ -'), 2, pp.OpAssoc.LEFT)])
    out = [e.parse_string('1+2*3-4').as_list()]
    try:
        e.parse_string('+')
    except pp.ParseException as x:
        out.append(str(x))
    return out


if __name__ == "__main__":
    for part in use():
        print(part)
