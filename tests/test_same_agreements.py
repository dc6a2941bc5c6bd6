"""An agreement like one that the register has is asked about before it is saved."""

import re

import pytest

from partners.models import Agreement, City

from .factories import make_agreement, make_city
from .test_admin import admin_url, form_data

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ADD = "/lv/admin/partners/agreement/add/"
ASKED = "Reģistrā jau ir šāda veida līgums"


@pytest.fixture
def city():
    return make_city("cesis")


def sent(client, form, token):
    """The answer to the `form`, sent from a page of its own."""
    return client.post(ADD, form | {"csrfmiddlewaretoken": token})


def box(answer):
    """The name and the value of the box that confirms it."""
    [(name, value)] = re.findall(
        r'type="checkbox" name="([\w-]*is_another)" value="([^"]+)"', answer.content.decode()
    )
    return {name: value}


@pytest.mark.parametrize("signed_on", ["17.11.2012", "2012-11", "2012", ""])
def test_agreement_entered_again_is_saved_only_if_it_is_another(admin_client, city, signed_on):
    form = form_data(admin_client.get(ADD)) | {"city": city.pk, "kind": "protocol", "signed_on": signed_on}
    assert sent(admin_client, form, "first").status_code == 302
    agreement = Agreement.objects.get()
    asking = sent(admin_client, form, "second")
    page = asking.content.decode()
    assert (asking.status_code, Agreement.objects.count()) == (200, 1)
    assert ASKED in page
    assert f'href="{admin_url(Agreement, "change", agreement.pk)}"' in page
    assert sent(admin_client, form, "third").status_code == 200
    assert sent(admin_client, form | box(asking), "second").status_code == 302
    assert (
        list(Agreement.objects.order_by("pk").values_list("kind", "signed_on"))
        == [("protocol", agreement.signed_on)] * 2
    )


def test_third_one_that_came_meanwhile_is_asked_about_too(admin_client, city):
    make_agreement(city, signed_on="2012")
    form = form_data(admin_client.get(ADD)) | {"city": city.pk, "signed_on": "2012"}
    asking = sent(admin_client, form, "first")
    make_agreement(city, signed_on="2012")
    assert sent(admin_client, form | box(asking), "first").status_code == 200
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize(
    "other", [{"kind": "protocol"}, {"signed_on": "2013"}, {"signed_on": "2012-11"}, {"signed_on": None}]
)
def test_agreement_of_another_kind_or_date_or_partner_is_not_asked_about(admin_client, city, other):
    make_agreement(city, **{"signed_on": "2012", **other})
    make_agreement(make_city("ogre"), signed_on="2012")
    form = form_data(admin_client.get(ADD)) | {"city": city.pk, "signed_on": "2012"}
    assert sent(admin_client, form, "first").status_code == 302


def test_agreement_that_becomes_like_another_is_asked_about_and_one_that_is_so_is_not(admin_client, city):
    make_agreement(city, signed_on="2012")
    agreement = make_agreement(city, signed_on="2013")
    url = admin_url(Agreement, "change", agreement.pk)
    form = form_data(admin_client.get(url))
    asking = admin_client.post(url, form | {"signed_on": "2012"})
    assert ASKED in asking.content.decode()
    assert admin_client.post(url, form | {"signed_on": "2012"} | box(asking)).status_code == 302
    later = form_data(admin_client.get(url)) | {"source_lv": "Vēstule"}
    assert admin_client.post(url, later).status_code == 302


def with_lines(form, *dates):
    """The form of a partner with new lines for agreements signed on these `dates`."""
    first = int(form["agreements-INITIAL_FORMS"])
    lines = {"agreements-TOTAL_FORMS": str(first + len(dates))}
    for number, signed_on in enumerate(dates, first):
        line = {"kind": "cooperation", "status": "not-stated", "signed_on": signed_on}
        lines |= {f"agreements-{number}-{name}": value for name, value in line.items()}
    return form | lines


def test_line_in_the_page_of_the_partner_is_asked_about(admin_client, city):
    make_agreement(city, signed_on="2012")
    url = admin_url(City, "change", city.pk)
    form = with_lines(form_data(admin_client.get(url)), "2012")
    asking = admin_client.post(url, form)
    assert (asking.status_code, Agreement.objects.count()) == (200, 1)
    assert ASKED in asking.content.decode()
    assert admin_client.post(url, form | box(asking)).status_code == 302
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize("is_new", [True, False])
def test_two_lines_of_one_page_that_are_the_same_are_asked_about(admin_client, city, is_new):
    url = admin_url(City, "add") if is_new else admin_url(City, "change", city.pk)
    form = form_data(admin_client.get(url)) | {"name_lv": "Ogre", "country": "LV"}
    form = with_lines(form, "2012", "2012")
    asking = admin_client.post(url, form)
    assert (asking.status_code, Agreement.objects.count()) == (200, 0)
    assert "Šajā lapā jau ir ievadīts tāda paša veida līgums" in asking.content.decode()
    assert list(box(asking)) == ["agreements-1-is_another"]
    assert admin_client.post(url, form | box(asking)).status_code == 302
    assert Agreement.objects.count() == 2


def test_line_that_is_deleted_is_not_asked_about(admin_client, city):
    agreements = [make_agreement(city, signed_on=year) for year in ("2013", "2012")]
    url = admin_url(City, "change", city.pk)
    form = form_data(admin_client.get(url))
    form |= {"agreements-0-signed_on": "2012", "agreements-0-DELETE": "on"}
    assert admin_client.post(url, form).status_code == 302
    assert list(Agreement.objects.all()) == [agreements[1]]
