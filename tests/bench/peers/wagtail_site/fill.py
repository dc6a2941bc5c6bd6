"""Makes the pages of the partners that stand in the database of the register at the path that it is given."""

import os
import sqlite3
import sys
from contextlib import closing

import django
from django.core.management import call_command

PARTNERS = """
    SELECT city.slug, name_lv, country, coalesce(signed_on, ''), scope_lv FROM partners_city AS city
    JOIN partners_agreement AS agreement ON agreement.city_id = city.id WHERE city.is_published ORDER BY name_lv
"""


def fill(register):
    from wagtail.models import Page

    from .models import Agreement, PartnerPage, PartnersPage

    call_command("migrate", verbosity=0)
    home = Page.objects.get(slug="home")
    partners = home.add_child(instance=PartnersPage(title="Partneri", slug="partneri"))
    with closing(sqlite3.connect(register)) as connection:
        for slug, name, country, signed_on, scope in connection.execute(PARTNERS).fetchall():
            page = PartnerPage.objects.filter(slug=slug).first()
            if not page:
                page = partners.add_child(instance=PartnerPage(title=name, slug=slug, country=country))
            Agreement.objects.create(partner=page, signed_on=signed_on, fields=scope or "")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.peers.wagtail_site.settings"
    django.setup()
    fill(sys.argv[1])
