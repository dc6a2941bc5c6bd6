"""Rows of one file that would make the same record twice."""


def doubles(resource, rows):
    """The new `rows` that may be about the same record as one before, each with the number of that one.

    Two rows that both have a key are two records. Dates are the same if one may be the other, known less
    precisely.
    """
    keyed, keyless = {}, {}  # the number of the first row, by what tells its record
    for row in rows:
        record = row.set_on(resource.new_record(row.slug))
        told = [(what, date, {"", date[:4], date[:7], date}) for what, date in resource.told_by(record)]
        before = [
            made.get(known)
            for made in ([keyless] if row.slug else [keyless, keyed])
            for what, date, precisions in told
            for known in ((what, "begins", date), *((what, "is", precision) for precision in precisions))
        ]
        if first := next(filter(None, before), None):
            yield row, first
            continue
        made = keyed if row.slug else keyless
        for what, date, precisions in told:
            made[what, "is", date] = row.number
            made.update(((what, "begins", precision), row.number) for precision in precisions)
