"""What can be asked of agreements, in the words of the department."""

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Length, Substr
from modeltranslation.utils import get_language

from ..partial_dates import day_in_month, years_to_celebrate
from ..renewal import STOPPED, State
from .city import City
from .partnership import PartnershipStatus
from .record import SearchableQuerySet, mentions
from .tally import NO_YEAR

LAST_YEAR = 9999
# Of so many agreements, some are sooner found on the way through all of them than by looking each one up.
MANY = 2000

# Without a parameter, so that it is the same in a query and in an index; without a date comes last.
SIGNED = models.Func("signed_on", template="COALESCE(%(expressions)s, '')", output_field=models.CharField())
NEWEST_FIRST = (SIGNED.desc(), "slug")


def completed(field, rest):
    """The partial date `field` as a whole date, what it lacks taken from `rest`."""
    return Concat(field, Substr(Value(rest), Length(field) + 1))


def month_number(field):
    """The months from the year 0 to the whole date `field`."""
    return Cast(Substr(field, 1, 4), IntegerField()) * 12 + Cast(Substr(field, 6, 2), IntegerField())


def is_many(found):
    return found[: MANY + 1].count() > MANY


class AgreementQuerySet(SearchableQuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def published(self):
        """Those visitors may see: an agreement with an unpublished partner is not public either."""
        # Without a join to each partner, of which few are hidden: so an index alone is enough to count.
        return self.marked_as_published().exclude(city__in=City.objects.filter(is_published=False))

    def marked_as_published(self):
        """Those that are public, or will be as soon as their partner is."""
        return self.filter(is_published=True)

    def newest_first(self):
        return self.order_by(*NEWEST_FIRST)

    def undated_first(self):
        return self.order_by(SIGNED, "slug")

    def undated(self):
        return self.alias(signed=SIGNED).filter(signed="")

    def first_signed(self):
        """The first known date on which one of these was signed, as it stands in the database."""
        return self.alias(signed=SIGNED).filter(signed__gt="").undated_first().values_list(SIGNED)[:1]

    def oldest_first(self, *within):
        """From the oldest on, within each value of the expressions `within`."""
        return self.order_by(*within, F("signed_on").asc(nulls_last=True), "slug")

    def by_partner(self):
        """In the order of the partners' names, the agreements of each from the oldest on."""
        return self.oldest_first(f"city__sort_key_{get_language()}", "city__slug")

    def by_country(self):
        """In the order of the countries' names, and within each by partner."""
        places = [
            When(city__country=code, then=Value(place))
            for place, (code, _name) in enumerate(City.objects.countries())
        ]
        if not places:
            return self.by_partner()
        place = Case(*places, output_field=IntegerField())
        return self.oldest_first(place, f"city__sort_key_{get_language()}", "city__slug")

    def mentioning(self, word):
        """On that topic, or in what names the partner."""
        partners = City.objects.order_by().filter(City.objects.mentioning(word))
        of_partners = self.model.objects.order_by().filter(city__in=partners)
        found = self._on_topic(word).union(of_partners.values("pk"), all=True).order_by()
        if is_many(found):
            return self._is_on_topic(word) | Q(city__in=partners)
        return Q(pk__in=found)

    def partners_on_topic(self, word):
        """The condition that the key, scope, fields or decision of one of these mention `word`."""
        found = self._on_topic(word)
        if is_many(found):
            return Q(Exists(self.filter(self._is_on_topic(word), city=OuterRef("pk"))))
        return Q(pk__in=self.filter(pk__in=found).values("city"))

    def _on_topic(self, word):
        """The keys of those on the topic, each found by an index of its own."""
        texts = self.model.objects.order_by().filter(search_text__mentions=word)
        links = self.model.fields.through.objects.filter(mentions(word, "cooperationfield__search_text"))
        return texts.values("pk").union(links.values("agreement"), all=True).order_by()

    def _is_on_topic(self, word):
        """The same, as a look at each agreement tells it."""
        links = self.model.fields.through.objects.filter(mentions(word, "cooperationfield__search_text"))
        return super().mentioning(word) | Q(Exists(links.filter(agreement=OuterRef("pk"))))

    def in_force(self):
        """Those of which a document says so; nothing follows from dates."""
        return self.filter(status="in-force")

    def due_for_renewal(self, by):
        """Those not ended whose term has run out, or may run out by the date `by`."""
        return self.filter(valid_until__lte=by.isoformat()).exclude(status="ended")

    def with_term(self):
        """Those of which it is known until when they are valid, unless they have been stopped."""
        return self.exclude(valid_until=None).exclude(status__in=STOPPED)

    def past_term(self, on):
        """Those whose term is certainly over on the date `on`."""
        same_precision = Substr(Value(on.isoformat()), 1, Length("valid_until"))
        return self.with_term().filter(valid_until__lt=same_precision)

    def expired(self, on):
        """Those whose term is over, and that are not known to run on."""
        return self.past_term(on).exclude(renews_automatically=True)

    def renewed(self, on):
        """Those whose term is over, and that run on."""
        return self.past_term(on).filter(renews_automatically=True)

    def notice_due(self, on, ahead):
        """Those to be decided on at the date `on`: in about `ahead` months it is too late for notice.

        As partners.renewal has it; of what does not renew automatically, the end of the term is the deadline.
        """
        last_of_month = day_in_month(on.year, on.month, 31)
        return (
            self.with_term()
            .alias(
                deadline=Case(When(renews_automatically=True, then=Coalesce("notice_months", 0)), default=0)
            )
            .alias(first_day=completed("valid_until", "0000-01-01"))
            .alias(last_day=completed("valid_until", "0000-12-31"))
            .alias(first_month=month_number("first_day") - Coalesce("notice_months", 0) - ahead)
            .alias(last_month=month_number("last_day") - F("deadline"))
            .alias(first_in_month=Substr("first_day", 9), last_in_month=Substr("last_day", 9))
            .alias(month=Value(on.year * 12 + on.month))
            .filter(
                Q(first_month__lt=F("month"))
                # Where the month is too short, its last day stands for those that it lacks.
                | Q(first_month=F("month"), first_in_month__lte="31" if on == last_of_month else f"{on:%d}"),
                Q(last_month__gt=F("month")) | Q(last_month=F("month"), last_in_month__gte=f"{on:%d}"),
            )
        )

    def in_state(self, state, on, ahead):
        """Those of which `partners.renewal` says so; running ones are of no interest."""
        return {
            State.NOTICE_DUE: self.notice_due(on, ahead),
            State.EXPIRED: self.expired(on),
            State.RENEWED: self.renewed(on),
        }[state]

    def of_partner(self, city):
        return self.filter(city=city)

    def in_country(self, code):
        return self.filter(city__country=code)

    def in_field(self, slug):
        # Asked of each agreement, so that a page of them takes no look at all those on the field.
        on_field = self.model.fields.through.objects.filter(cooperationfield__slug=slug)
        return self.filter(Exists(on_field.filter(agreement=OuterRef("pk"))))

    def with_status(self, status):
        return self.filter(status=status)

    def of_kind(self, kind):
        return self.filter(kind=kind)

    def signed_from(self, year):
        return self.alias(signed=SIGNED).filter(signed__gte=f"{year:04}")

    def signed_until(self, year):
        dated = self.alias(signed=SIGNED).filter(signed__gt="")
        return dated.filter(signed__lt=str(year + 1)) if year < LAST_YEAR else dated

    def signed_in(self, years):
        """Those signed from the first of `years` to the last; NO_YEAR stands for those without a date."""
        signed = self.alias(signed=SIGNED)
        dated = sorted(set(years) - {NO_YEAR})
        is_undated = Q(signed="")
        if not dated:
            return signed.filter(is_undated)
        within = Q(signed__gte=dated[0])
        if int(dated[-1]) < LAST_YEAR:
            within &= Q(signed__lt=str(int(dated[-1]) + 1))
        return signed.filter(within if len(dated) == len(years) else within | is_undated)

    def with_anniversary_in(self, year):
        """Those signed a round number of years before `year`, unless they have ended."""
        years = years_to_celebrate(year)
        return self.alias(year=Substr("signed_on", 1, 4)).filter(year__in=years).exclude(status="ended")

    def with_anniversary_from(self, on):
        """Those of which an anniversary in the year of the date `on` is not over on that day."""
        same_precision = Substr(Value(f"{on:-%m-%d}"), 1, Length("signed_on") - 4)
        return (
            self.with_anniversary_in(on.year)
            .alias(day_of_year=Substr("signed_on", 5))
            .filter(day_of_year__gte=same_precision)
        )

    def with_partnership_status(self):
        """With ``partnership_status``, the code of that of their partner."""
        return self.annotate(partnership_status=PartnershipStatus.in_database("city"))

    def with_supplements(self, agreements=None):
        """With partner, fields, ``public_documents`` and agreements: ``public_main``, ``public_supplements``.

        They are among `agreements`, the published ones unless told otherwise.
        """
        published = self.model.objects.published() if agreements is None else agreements
        documents = self.model.documents.rel.related_model.objects.filter(is_published=True)
        return self.select_related("city").prefetch_related(
            "fields",
            Prefetch("documents", documents, to_attr="public_documents"),
            Prefetch("supplements", published.select_related("city"), to_attr="public_main"),
            Prefetch(
                "supplemented_by",
                published.oldest_first().select_related("city"),
                to_attr="public_supplements",
            ),
        )
