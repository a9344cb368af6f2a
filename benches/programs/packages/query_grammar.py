"""pyparsing: a grammar of SELECT statements with expressions, run over the queries of a script."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))

import pyparsing as pp

QUERIES = [
    "select id, name, email from person where active = true and id % 2 = 1 order by name limit 10",
    "select p.title, count(*) as n from project p, ticket t where t.project = p.id and t.state in ('open', 'doing') group by p.title having count(*) > 3",
    "select coalesce(email, 'nobody') as address, length(name) * 2 + 1 from person where not (active = false) and name like '%a%'",
    "select * from ticket where (priority <= 2 or opened >= 20260101 - 7) and author is not null and (a + b) * (c - 1) / 2 <> -3.5e2",
    "select max(said), min(said) from comment where ticket = 42 and (words like '%x%' or (author = 1 and not words is null)) order by said desc",
]


def grammar():
    pp.ParserElement.enable_packrat()
    word = pp.Word(pp.alphas + "_", pp.alphanums + "_")
    keywords = "select from where and or not in is null like order by group having limit as asc desc true false"
    keyword = pp.MatchFirst([pp.CaselessKeyword(k) for k in keywords.split()])
    name = pp.Combine(~keyword + word + pp.Opt("." + (word | "*")))
    number = pp.common.number.copy().set_parse_action(lambda t: ("number", float(t[0])))
    string = pp.QuotedString("'", esc_quote="''").set_parse_action(lambda t: ("text", t[0]))
    expression = pp.Forward()
    arguments = pp.Group("*" | pp.DelimitedList(expression))
    call = pp.Group(name("function") + pp.Suppress("(") + arguments("arguments") + pp.Suppress(")"))
    constant = pp.MatchFirst([pp.CaselessKeyword(k) for k in ("null", "true", "false")])
    items = pp.Group(pp.Suppress("(") + pp.DelimitedList(expression) + pp.Suppress(")"))
    operand = number | string | constant | call | name
    arithmetic = pp.infix_notation(
        operand,
        [
            ("-", 1, pp.OpAssoc.RIGHT),
            (pp.one_of("* / %"), 2, pp.OpAssoc.LEFT),
            (pp.one_of("+ -"), 2, pp.OpAssoc.LEFT),
        ],
    )
    compared = pp.Group(arithmetic + pp.one_of("= <> <= >= < >") + arithmetic)
    isnull = pp.Group(arithmetic + pp.CaselessKeyword("is") + pp.Opt(pp.CaselessKeyword("not")) + pp.CaselessKeyword("null"))
    like = pp.Group(arithmetic + pp.CaselessKeyword("like") + string)
    member = pp.Group(arithmetic + pp.CaselessKeyword("in") + items)
    condition = pp.infix_notation(
        isnull | like | member | compared,
        [
            (pp.CaselessKeyword("not"), 1, pp.OpAssoc.RIGHT),
            (pp.CaselessKeyword("and"), 2, pp.OpAssoc.LEFT),
            (pp.CaselessKeyword("or"), 2, pp.OpAssoc.LEFT),
        ],
    )
    expression <<= arithmetic
    column = pp.Group((expression | "*") + pp.Opt(pp.Suppress(pp.CaselessKeyword("as")) + name("alias")))
    table = pp.Group(name("table") + pp.Opt(name("alias")))
    by = pp.Suppress(pp.CaselessKeyword("by"))
    direction = pp.Opt(pp.CaselessKeyword("asc") | pp.CaselessKeyword("desc"))
    return (
        pp.Suppress(pp.CaselessKeyword("select"))
        + pp.Group(pp.DelimitedList(column))("columns")
        + pp.Suppress(pp.CaselessKeyword("from"))
        + pp.Group(pp.DelimitedList(table))("tables")
        + pp.Opt(pp.Suppress(pp.CaselessKeyword("where")) + condition("where"))
        + pp.Opt(pp.Suppress(pp.CaselessKeyword("group")) + by + pp.Group(pp.DelimitedList(expression))("group"))
        + pp.Opt(pp.Suppress(pp.CaselessKeyword("having")) + condition("having"))
        + pp.Opt(pp.Suppress(pp.CaselessKeyword("order")) + by + pp.Group(pp.DelimitedList(pp.Group(expression + direction)))("order"))
        + pp.Opt(pp.Suppress(pp.CaselessKeyword("limit")) + number("limit"))
    )


def run(n):
    total = 0
    query = grammar()
    for i in range(n):
        for text in QUERIES:
            parsed = query.parse_string(text.replace("42", str(i)), parse_all=True)
            total += len(parsed.columns) + len(parsed.tables) + len(str(parsed.as_list()))
        try:
            query.parse_string("select from where", parse_all=True)
        except pp.ParseException as e:
            total += e.column
    return total
