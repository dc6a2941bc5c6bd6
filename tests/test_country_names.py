"""Countries are known by what people call them, and Kosovo is one of them."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from partners.models import Agreement, City
from partners.models.city import country_name
from partners.resources.country_names import country_code

from .factories import make_agreement, make_city
from .spreadsheets import CSV, confirm, export, preview, problems, sentences, sheet, totals
from .test_admin import admin_url, form_data

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("United States", "US"), ("United States of America", "US"), ("ASV", "US"), ("Amerika", "US")],
        *[("Amerikas Savienotās Valstis", "US"), ("Republic of Poland", "PL"), ("Polijas Republika", "PL")],
        *[("Zviedrijas Karaliste", "SE"), ("Kingdom of Sweden", "SE"), ("Kazahstānas Republika", "KZ")],
        *[("Russian Federation", "RU"), ("Viet Nam", "VN"), ("Czech Republic", "CZ"), ("Swaziland", "SZ")],
        *[("Republic of Moldova", "MD"), ("Ivory Coast", "CI"), ("Cote d'Ivoire", "CI"), ("Īrijas Republika", "IE")],
        *[("kosovo", "XK"), ("Kosova", "XK"), ("Republic of Kosovo", "XK"), ("xk", "XK")],
        *[("Korea", None), ("Ķīnas Republika", None), ("Narnia", None), ("XX", None), ("", None)],
    ],
)  # fmt: skip
def test_country_is_known_by_its_official_and_everyday_names(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize("count", [31, 60])
def test_every_row_has_its_guess(admin_client, count):
    rows = [[f"Springfield {number}", "Untied States"] for number in range(count)]
    refused = preview(admin_client, City, sheet(["name_en", "country"], *rows))
    assert len(sentences(refused)) == count
    assert all("Vai domājāt „United States”?" in sentence for sentence in sentences(refused))


def test_rows_with_different_slips_have_theirs(admin_client):
    for number in range(60):
        make_city(f"city-{number}", name_lv=f"Pilsēta {number}")
    rows = [[f"Pilssēta {number}", "2012"] for number in range(60)]
    refused = preview(admin_client, Agreement, sheet(["city", "signed_on"], *rows))
    guessed = [f"Vai domājāt „Pilsēta {number}”?" in text for number, text in enumerate(sentences(refused))]
    assert guessed == [True] * 60


def test_kosovo_is_imported_exported_and_imported_again(admin_client):
    rows = [["name_lv", "name_en", "country"], ["Prizrena", "Prizren", "Kosovo"], ["Peja", "Peja", "XK"]]
    confirm(admin_client, City, preview(admin_client, City, sheet(*rows)))
    assert list(City.objects.values_list("slug", "country")) == [("peja", "XK"), ("prizren", "XK")]
    again = preview(admin_client, City, export(admin_client, City, CSV))
    assert (problems(again), totals(again)) == ([], {"unchanged": 2})


@pytest.mark.parametrize(("language", "name"), [("lv", "Kosova"), ("en", "Kosovo")])
def test_kosovo_is_named_filtered_and_drawn(client, language, name):
    city = make_city(
        "prizren", name_lv="Prizrena", name_en="Prizren", country="XK", latitude="42.213", longitude="20.739"
    )
    make_agreement(city, signed_on="2010")
    make_city("lida", country="BY")
    with override(language):
        assert country_name("XK") == name
    address = {"lv": "/lv/partneri/", "en": "/en/partners/"}[language]
    listed = client.get(address, {"country": "XK"}).content.decode()
    assert 'value="XK"' in listed
    assert f": {name} – " in listed  # the title
    assert (f"{address}prizren/" in listed, f"{address}lida/" in listed) == (True, False)
    assert name in client.get(f"{address}prizren/").content.decode()
    assert f"{address}prizren/" in client.get(address, {"q": name}).content.decode()
    assert client.get("/api/v1/partners/prizren").json()["country"] == "XK"
    with override(language):
        pages = {
            page: client.get(reverse(f"partners:{page}")).content.decode() for page in ("map", "overview")
        }
    assert "Prizren" in pages["map"]
    assert name in pages["overview"]


def test_kosovo_can_be_chosen_in_the_form(admin_client):
    url = admin_url(City, "add")
    answer = admin_client.post(
        url, {**form_data(admin_client.get(url)), "name_lv": "Prizrena", "country": "XK"}
    )
    assert answer.status_code == 302
    assert City.objects.get().country.code == "XK"
