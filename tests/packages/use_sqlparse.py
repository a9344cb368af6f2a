"""Formats a statement."""


def use():
    import sqlparse

    return sqlparse.format(
        'select a,b from t where x=1 and y in (select 2) order by 1', reindent=True, keyword_case='upper'
    )


if __name__ == "__main__":
    for part in use():
        print(part)
