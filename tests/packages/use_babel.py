"""Numbers and dates in other languages."""


def use():
    import babel.numbers, babel.dates, datetime

    return (
        babel.numbers.format_currency(1234.5, 'EUR', locale='de_DE'),
        babel.dates.format_datetime(datetime.datetime(2020, 1, 2, 3, 4), 'full', locale='fr', tzinfo=None),
        babel.Locale('ja').display_name,
    )


if __name__ == "__main__":
    for part in use():
        print(part)
