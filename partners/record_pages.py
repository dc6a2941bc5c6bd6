"""What the page of a record shows: visitors read it, and in the admin its preview is the same page."""

from django.conf import settings

from .anniversaries import next_anniversary
from .map import Locator
from .renewal import renewal
from .story import story


def city_page(city, today):
    """The page of a partner, which has its ``public_agreements``."""
    agreements = city.public_agreements
    coming = [found for agreement in agreements if (found := next_anniversary(agreement, today))]
    return {
        "story": story(agreements),
        "agreement_count": len(agreements),
        "anniversary": min(coming, key=lambda found: found.on, default=None),
        "map": Locator(city) if city.latitude is not None else None,
        "changed_at": max(record.changed_at for record in (city, *agreements)),
    }


def agreement_page(agreement, today):
    """The page of an agreement, which has its ``public_documents``."""
    return {
        "anniversary": next_anniversary(agreement, today),
        "renewal": renewal(agreement, today, settings.NOTICE_AHEAD_MONTHS),
        "changed_at": max(record.changed_at for record in (agreement, *agreement.public_documents)),
    }
