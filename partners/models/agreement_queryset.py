"""What can be asked of agreements, in the words of the department."""

from collections import defaultdict
from functools import cache, reduce
from operator import or_

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.db.models.functions import Length, Substr
from django.utils.translation import override
from modeltranslation.utils import get_language

from ..partial_dates import PartialDate, years_to_celebrate
from ..text import fold, stem, word_beginning
from .city import City
from .partnership import PartnershipStatus
from .record import OF_EVERY_AGREEMENT, OTHER_LANGUAGE, SearchableQuerySet, mentions
from .tally import NO_YEAR
from .term_queryset import TermMixin

LAST_YEAR = 9999
# Of so many agreements, some are sooner found on the way through all of them than by looking each one up.
MANY = 2000

# Without a parameter, so that it is the same in a query and in an index; without a date comes last.
SIGNED = models.Func("signed_on", template="COALESCE(%(expressions)s, '')", output_field=models.CharField())
NEWEST_FIRST = (SIGNED.desc(), "slug")


DATES = ("signed_on", "ended_on", "valid_until", "decided_on")


@cache
def telling_words(choices):
    """The folded words by which each of the `choices` is told from others, in both languages."""
    words = defaultdict(list)
    for language in OTHER_LANGUAGE:
        with override(language):
            for value, label in choices.choices:
                words[value] += [
                    word for word in fold(str(label)).split() if stem(word) not in OF_EVERY_AGREEMENT
                ]
    return {value: " ".join(telling) for value, telling in words.items()}


def is_many(found):
    return found[: MANY + 1].count() > MANY


class AgreementQuerySet(TermMixin, SearchableQuerySet):
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
        """On that topic, of that kind or date, or in what names the partner."""
        partners = City.objects.order_by().filter(City.objects.mentioning(word))
        of_partners = self.model.objects.order_by().filter(city__in=partners)
        found = self._on_topic(word).union(of_partners.values("pk"), all=True).order_by()
        if is_many(found):
            return self._is_on_topic(word) | Q(city__in=partners)
        return Q(pk__in=found)

    def partners_on_topic(self, word):
        """The condition that the key, scope, fields, decision, kind or a date of one of these is `word`."""
        found = self._on_topic(word)
        if is_many(found):
            return Q(Exists(self.filter(self._is_on_topic(word), city=OuterRef("pk"))))
        return Q(pk__in=self.filter(pk__in=found).values("city"))

    def _on_topic(self, word):
        """The keys of those on the topic, each found by an index of its own where there is one."""
        agreements = self.model.objects.order_by()
        parts = [Q(search_text__mentions=part) for part in fold(word).split()]
        links = self.model.fields.through.objects.filter(mentions(word, "cooperationfield__search_text"))
        found = [agreements.filter(*parts).values("pk"), links.values("agreement")]
        if stated := self._is_stated(word):
            found.append(agreements.filter(stated).values("pk"))
        return found[0].union(*found[1:], all=True).order_by()

    def _is_on_topic(self, word):
        """The same, as a look at each agreement tells it."""
        links = self.model.fields.through.objects.filter(mentions(word, "cooperationfield__search_text"))
        is_on_field = Q(Exists(links.filter(agreement=OuterRef("pk"))))
        return super().mentioning(word) | is_on_field | self._is_stated(word)

    def _is_stated(self, word):
        """The condition that a page prints `word` as a date or the kind; empty where it can be neither."""
        if isinstance(word, PartialDate):
            return reduce(or_, (Q(**{f"{field}__startswith": word}) for field in DATES))
        begins = word_beginning(word)
        kinds = [kind for kind, names in telling_words(self.model.Kind).items() if begins.search(names)]
        return Q(kind__in=kinds) if kinds else Q()

    def in_force(self):
        """Those of which a document says so; nothing follows from dates."""
        return self.filter(status="in-force")

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
