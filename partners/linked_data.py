"""What a page is about in the words of schema.org, as JSON-LD, for search engines.

`absolute` makes a whole address of a path. What is not known is left out.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .downloads import FORMATS, LISTS
from .models import Agreement, City, CooperationField, PartnershipStatus

DESCRIPTIONS = {
    City: _("The published partners of the municipality: name, country, place, website and a description."),
    Agreement: _(
        "The published agreements of the municipality: partner, kind, date of signing, status, term, scope."
    ),
    CooperationField: _("The fields in which the municipality cooperates with its partners."),
}


def said(**members):
    """An object without what is not known."""
    return {name: value for name, value in members.items() if value not in (None, "", [])}


def in_both_languages(record, field):
    """The texts of a `field`, each with its language."""
    texts = ((getattr(record, f"{field}_{code}"), code) for code, _name in settings.LANGUAGES)
    return [{"@language": code, "@value": text} for text, code in texts if text]


def organization(pages, absolute):
    """The municipality, if its name is known."""
    masthead = pages.get("masthead")
    if not masthead:
        return None
    home = absolute(reverse("partners:home"))
    return {
        "@type": "GovernmentOrganization",
        "@id": f"{absolute('/')}#organization",
        "name": in_both_languages(masthead, "title"),
        "url": home,
    }


def partner(city, pages, absolute):
    """A partner may be a city, a district or a region."""
    country = {"@type": "Country", "name": city.country_name, "identifier": city.country.code}
    position = None
    if city.latitude is not None:
        position = {
            "@type": "GeoCoordinates",
            "latitude": float(city.latitude),
            "longitude": float(city.longitude),
        }
    page = absolute(city.get_absolute_url())
    status = city.partnership if city.partnership != PartnershipStatus.NOT_STATED else None
    return said(
        **{"@type": "AdministrativeArea", "@id": page},
        name=in_both_languages(city, "name"),
        description=in_both_languages(city, "description"),
        url=page,
        sameAs=city.website,
        geo=position,
        containedInPlace=country,
        additionalProperty=status and property_value(_("Status of the partnership"), status.label),
    )


def property_value(name, value):
    return {"@type": "PropertyValue", "name": str(name), "value": str(value)}


def agreement(record, pages, absolute):
    page = absolute(record.get_absolute_url())
    city = {
        "@type": "AdministrativeArea",
        "@id": absolute(record.city.get_absolute_url()),
        "name": in_both_languages(record.city, "name"),
    }
    municipality = organization(pages, absolute)
    main = record.public_main
    return said(
        **{"@type": "CreativeWork", "@id": page},
        name=str(record),
        url=page,
        genre=record.get_kind_display(),
        dateCreated=record.signed_on,
        expires=record.valid_until,
        creativeWorkStatus="" if record.status == "not-stated" else record.get_status_display(),
        dateModified=record.changed_at.isoformat(timespec="seconds"),
        about=[field.name for field in record.fields.all()],
        abstract=record.scope,
        contributor=[party for party in (municipality, city) if party],
        isBasedOn=main and absolute(main.get_absolute_url()),
        encoding=[
            said(
                **{"@type": "ImageObject" if document.is_picture else "MediaObject"},
                name=document.title,
                description=document.alternative,
                contentUrl=absolute(document.get_absolute_url()),
                encodingFormat=document.media_type,
                contentSize=str(document.size),
                sha256=document.sha256,
            )
            for document in record.public_documents
        ],
    )


def catalog(pages, absolute):
    """All lists together, as the page about them presents them."""
    page = absolute(reverse("partners:api"))
    lists = [dataset(kind, pages, absolute) for kind in LISTS]
    return said(
        **{"@type": "DataCatalog", "@id": page},
        name=str(_("Open data")),
        url=page,
        creator=organization(pages, absolute),
        dataset=[{name: of[name] for name in ("@type", "@id", "name", "description")} for of in lists],
    )


def dataset(kind, pages, absolute):
    """The whole list of the `kind`, with every file that holds it."""
    model = LISTS[kind]
    files = [
        (file_format.content_type, reverse(f"partners:{kind}_download", args=[extension]))
        for extension, file_format in FORMATS[model].items()
    ]
    files.append(("application/json", reverse(f"api:{kind}_list")))
    page = absolute(reverse(f"partners:{kind}_list"))
    return said(
        **{"@type": "Dataset", "@id": page},
        name=capfirst(str(model._meta.verbose_name_plural)),
        description=str(DESCRIPTIONS[model]),
        url=page,
        inLanguage=[code for code, _name in settings.LANGUAGES],
        isAccessibleForFree=True,
        creator=organization(pages, absolute),
        includedInDataCatalog={"@type": "DataCatalog", "@id": absolute(reverse("partners:api"))},
        distribution=[
            {
                "@type": "DataDownload",
                "encodingFormat": media_type.partition(";")[0],
                "contentUrl": absolute(path),
            }
            for media_type, path in files
        ],
    )
