"""Dates: parsed, repeated, moved between zones."""


def use():
    import dateutil.parser, dateutil.rrule, dateutil.relativedelta, dateutil.tz, pytz, arrow, datetime

    d = dateutil.parser.parse('Thu Sep 25 2003 10:49:41 +0300')
    return (
        str(d),
        [
            str(x)
            for x in dateutil.rrule.rrule(dateutil.rrule.MONTHLY, count=3, dtstart=datetime.datetime(2020, 1, 31))
        ],
        str(d + dateutil.relativedelta.relativedelta(months=5)),
        str(pytz.timezone('Europe/Berlin').localize(datetime.datetime(2020, 7, 1))),
        str(arrow.get('2020-01-01T00:00:00Z').to('US/Pacific')),
        arrow.get(2020, 1, 1).humanize(arrow.get(2020, 1, 3)),
        arrow.get('2020-02-03', 'YYYY-MM-DD').format('dddd DD MMMM'),
        str(dateutil.tz.gettz('America/New_York')),
    )


if __name__ == "__main__":
    for part in use():
        print(part)
