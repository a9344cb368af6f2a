"""sqlparse on a script of SQL: split, formatted in two ways, and looked through for the tables that are named."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))

import sqlparse
from sqlparse.sql import Identifier, IdentifierList

SCRIPT = open(os.path.join(HERE, "input", "tracker.sql"), encoding="utf-8").read()


def names(token):
    if isinstance(token, Identifier):
        yield token.get_real_name() or "?"
    elif isinstance(token, IdentifierList):
        for part in token.get_identifiers():
            yield from names(part)
    if token.is_group:
        for part in token.tokens:
            yield from names(part)


def run(n):
    total = 0
    for _ in range(n):
        statements = sqlparse.split(SCRIPT)
        seen = {}
        for statement in statements:
            for parsed in sqlparse.parse(statement):
                for name in names(parsed):
                    seen[name] = seen.get(name, 0) + 1
        text = sqlparse.format(SCRIPT, reindent=True, keyword_case="upper", strip_comments=True)
        short = sqlparse.format(SCRIPT, strip_whitespace=True, identifier_case="lower")
        total += len(statements) + sum(seen.values()) + len(text) + len(short)
    return total
