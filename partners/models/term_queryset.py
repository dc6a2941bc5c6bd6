"""What ``partners.renewal`` says of the term of an agreement, asked of the database."""

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Least, Length, Mod, Substr

from ..partial_dates import day_in_month
from ..renewal import HALF_A_MONTH, STOPPED, State

NOTHING = Value("")
TO_THE_DAY, TO_THE_MONTH = len("2012-09-17"), len("2012-09")


def completed(field, rest):
    """The partial date `field` as a whole date, what it lacks taken from `rest`."""
    known = Coalesce(field, NOTHING)
    return Concat(known, Substr(Value(rest), Length(known) + 1))


def month_number(field):
    """The months from the year 0 to the whole date `field`."""
    return Cast(Substr(field, 1, 4), IntegerField()) * 12 + Cast(Substr(field, 6, 2), IntegerField())


def day_number(field):
    return Cast(Substr(field, 9, 2), IntegerField())


class TermMixin:
    """For the queryset of agreements."""

    def with_term(self):
        """Those of which it is known until when they are valid, unless they have been stopped."""
        return self.exclude(valid_until=None).exclude(status__in=STOPPED)

    def past_term(self, on):
        """Those whose first term is certainly over on the date `on`."""
        same_precision = Substr(Value(on.isoformat()), 1, Length("valid_until"))
        return self.with_term().filter(valid_until__lt=same_precision)

    def expired(self, on):
        """Those whose term is over, and that are not known to run on."""
        return self.past_term(on).exclude(renews_automatically=True)

    def renewed(self, on, ahead):
        """Those that have run on, and are not to be decided on again yet."""
        ran_on = self.past_term(on).filter(renews_automatically=True)
        return ran_on._with_end_of_term(on, ahead).exclude(is_due(on))

    def notice_due(self, on, ahead):
        """Those to be decided on at the date `on`: in about `ahead` months it is too late for notice.

        Of what does not renew automatically, the end of the term is the deadline.
        """
        return self.with_term()._with_end_of_term(on, ahead).filter(is_due(on))

    def due_for_renewal(self, on, by):
        """Those not ended whose term has run out, or may run out by the date `by`.

        Of what has run on by the date `on`, it is the term in which it is then.
        """
        with_end = self.exclude(valid_until=None).exclude(status="ended")._with_end_of_term(on, ahead=0)
        month = by.year * 12 + by.month
        return with_end.alias(end_month=month_number("first_day") + F("moved")).filter(
            Q(end_month__lt=month) | Q(end_month=month, first_in_month__lte=day_in_any_month(by))
        )

    def in_state(self, state, on, ahead):
        """Those of which ``partners.renewal`` says so; running ones are of no interest."""
        return {
            State.NOTICE_DUE: self.notice_due(on, ahead),
            State.EXPIRED: self.expired(on),
            State.RENEWED: self.renewed(on, ahead),
        }[state]

    def _with_end_of_term(self, on, ahead):
        """With ``first_month`` and ``last_month`` in which it is time to decide, and the days in these."""
        notice = Coalesce("notice_months", 0)
        deadline = Case(When(renews_automatically=True, then=notice), default=0)
        return (
            self.alias(first_day=completed("valid_until", "0001-01-01"))
            .alias(last_day=completed("valid_until", "0001-12-31"))
            .alias(first_in_month=Substr("first_day", 9), last_in_month=Substr("last_day", 9))
            ._with_first_term()
            .alias(late=late(on))
            .alias(moved=MOVED)
            .alias(
                first_month=month_number("first_day") + F("moved") - notice - ahead,
                last_month=month_number("last_day") + F("moved") - deadline,
            )
        )

    def _with_first_term(self):
        """With ``first_term``, its length in months; NULL where it is not known."""
        return (
            self.alias(signed_day=completed("signed_on", "0001-01-01"))
            .alias(until_length=Length("valid_until"), signed_length=Length(Coalesce("signed_on", NOTHING)))
            .alias(precision=Least("until_length", "signed_length"))
            .alias(apart=month_number("first_day") - month_number("signed_day"))
            .alias(days_apart=day_number("first_day") - day_number("signed_day"))
            .alias(beyond_years=Mod("apart", Value(12)))
            .alias(
                first_term=Case(
                    When(precision=TO_THE_DAY, days_apart__gt=HALF_A_MONTH, then=F("apart") + 1),
                    When(precision=TO_THE_DAY, days_apart__lt=-HALF_A_MONTH, then=F("apart") - 1),
                    When(precision=TO_THE_DAY, then=F("apart")),
                    When(precision__gte=TO_THE_MONTH, beyond_years=11, then=F("apart") + 1),
                    When(precision__gte=TO_THE_MONTH, beyond_years=0, then=F("apart")),
                    output_field=IntegerField(),
                )
            )
        )


def late(on):
    """The months, also begun ones, that have passed from the end of the first term to the date `on`."""
    has_day_passed = When(until_length=TO_THE_DAY, last_in_month__lt=f"{on:%d}", then=1)
    months = Value(on.year * 12 + on.month) - month_number("last_day")
    return months + Case(has_day_passed, default=0)


# By how many months the end of the term has moved on; 0 where that is not known.
MOVED = Case(
    When(
        renews_automatically=True,
        first_term__gt=0,
        late__gt=0,
        then=(F("late") + F("first_term") - 1) / F("first_term") * F("first_term"),
    ),
    default=0,
)


def day_in_any_month(on):
    """The day of the date `on`; where the month is too short, its last day stands for those that it lacks."""
    return "31" if on == day_in_month(on.year, on.month, 31) else f"{on:%d}"


def is_due(on):
    """The condition that on the date `on` it is time to decide."""
    month = on.year * 12 + on.month
    return (Q(first_month__lt=month) | Q(first_month=month, first_in_month__lte=day_in_any_month(on))) & (
        Q(last_month__gt=month) | Q(last_month=month, last_in_month__gte=f"{on:%d}")
    )
