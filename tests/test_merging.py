"""Two records that are the same thing become one, and can be parted again."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.imports import EditedSinceError, UndoneAlreadyError
from partners.merging import GoneError, merge, undo
from partners.models import Agreement, City, CooperationField, FormerSlug, Merge
from partners.models.record import ChangedAtField

from .factories import make_agreement, make_city, make_field
from .test_admin import admin_url, translated

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def register():
    """All rows of the register, but for the instants and the columns that repeat one of the languages."""
    rows = {}
    for model in (City, Agreement, CooperationField, FormerSlug):
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if not isinstance(field, ChangedAtField)
            and (model is FormerSlug or field.name not in translated(model))
        ]
        rows[model] = [
            [bytes(value) if isinstance(value, memoryview) else value for value in row]
            for row in model.objects.order_by("pk").values_list(*columns)
        ]
    chosen = Agreement.fields.through.objects.values_list("agreement_id", "cooperationfield_id")
    return rows | {"fields": sorted(chosen)}


@pytest.fixture
def cities():
    """The same town twice, each time with an agreement; the second one has been renamed before."""
    kept = make_city("cesis", name_lv="Cēsis", website="https://cesis.example")
    duplicate = make_city(
        "wenden-town",
        name_lv="Cesis",
        name_en="Wenden",
        other_names="Cēsu pilsēta",
        region_lv="Vidzeme",
        website="https://other.example",
        description_en="A town.",
        latitude="57.311944",
        longitude="25.274722",
    )
    duplicate.slug = "wenden"
    duplicate.save()
    make_agreement(kept, slug="cesis-2001")
    main = make_agreement(duplicate, slug="wenden-2004", signed_on="2004")
    make_agreement(duplicate, slug="wenden-2010", supplements=main, is_published=False)
    return kept, duplicate


@pytest.fixture
def fields():
    """The same topic twice; one agreement names both."""
    kept, duplicate = make_field("art"), make_field("arts", name_lv="Māksla", name_en="Arts")
    city = make_city("tukums")
    make_agreement(city, [kept, duplicate], slug="both")
    make_agreement(city, [duplicate], slug="one", is_published=False)
    make_agreement(city, slug="none")
    return kept, duplicate


@pytest.fixture(params=["cities", "fields"])
def pair(request):
    return request.getfixturevalue(request.param)


def merge_url(*records):
    query = "&".join(f"record={record.pk}" for record in records)
    return f"{admin_url(type(records[0]), 'merge')}?{query}"


def said(answer):
    return [str(message) for message in answer.context["messages"]]


# Merging


def test_agreements_of_both_partners_belong_to_the_kept_one(cities, admin_user):
    kept, duplicate = cities
    merge(kept, duplicate, admin_user)
    assert set(kept.agreements.values_list("slug", flat=True)) == {"cesis-2001", "wenden-2004", "wenden-2010"}
    assert list(City.objects.all()) == [kept]


def test_kept_partner_is_completed_and_nothing_of_it_is_overwritten(cities, admin_user):
    merge(*cities, admin_user)
    city = City.objects.get()
    assert (city.slug, city.name_lv, city.website) == ("cesis", "Cēsis", "https://cesis.example")
    assert (city.name_en, city.region_lv, city.description_en) == ("Wenden", "Vidzeme", "A town.")
    assert (str(city.latitude), str(city.longitude)) == ("57.311944", "25.274722")


@pytest.mark.parametrize(
    ("kept", "duplicate", "other_names"),
    [
        ({"name_lv": "Cēsis"}, {"name_lv": "CESIS"}, ""),
        ({"name_lv": "Cēsis"}, {"name_lv": "Vendene", "name_en": "Wenden"}, "Vendene"),
        (
            {"name_lv": "Cēsis", "name_en": "Cesis", "other_names": "Kesis"},
            {"name_lv": "Vendene", "name_en": "Wenden", "other_names": "Ķesis\nWenden\nVenden"},
            "Kesis\nVendene\nWenden\nVenden",
        ),
        ({"name_lv": "Cēsis"}, {"name_lv": "Cēsis | Vendene"}, "Cēsis Vendene"),
        ({"name_lv": "Cēsis"}, {"name_lv": "Vidzeme", "region_lv": "Vidzeme"}, "Vidzeme"),
    ],
)
def test_names_of_the_duplicate_become_other_names_each_once(kept, duplicate, other_names, admin_user):
    merge(make_city("a", **kept), make_city("b", **duplicate), admin_user)
    assert City.objects.get().other_names == other_names


def test_merged_partner_is_found_by_the_name_of_the_duplicate(cities, client, admin_user):
    merge(*cities, admin_user)
    page = client.get("/lv/partneri/?q=wenden")
    assert [city.slug for city in page.context["object_list"]] == ["cesis"]


@pytest.mark.parametrize("is_published", [True, False])
def test_kept_partner_is_as_public_as_it_was(is_published, admin_user):
    kept = make_city("a", is_published=is_published)
    merge(kept, make_city("b", is_published=not is_published), admin_user)
    assert City.objects.get().is_published is is_published


def test_agreements_of_both_fields_have_the_kept_one_once(fields, admin_user):
    kept, duplicate = fields
    merge(kept, duplicate, admin_user)
    chosen = Agreement.fields.through.objects.values_list("agreement__slug", "cooperationfield")
    assert sorted(chosen) == [("both", kept.pk), ("one", kept.pk)]
    field = CooperationField.objects.get()
    assert (field.slug, field.name_lv, field.name_en) == ("art", "Art", "Arts")


def test_addresses_of_the_duplicate_lead_to_the_kept_record(cities, client, admin_user):
    merge(*cities, admin_user)
    for slug in ("wenden", "wenden-town"):
        answer = client.get(f"/lv/partneri/{slug}/")
        assert (answer.status_code, answer["Location"]) == (301, "/lv/partneri/cesis/")


def test_address_of_a_merged_field_leads_to_the_kept_one(fields, client, admin_user):
    merge(*fields, admin_user)
    answer = client.get("/lv/jomas/arts/")
    assert (answer.status_code, answer["Location"]) == (301, "/lv/jomas/art/")


def test_address_of_the_duplicate_shows_no_draft(client, admin_user):
    merge(make_city("draft", is_published=False), make_city("shown"), admin_user)
    assert client.get("/lv/partneri/shown/").status_code == 404


def test_every_change_is_in_the_history_with_the_officer_and_the_reason(pair, admin_user):
    kept, duplicate = pair
    merged = merge(kept, duplicate, admin_user)
    written = [
        (row.slug, row.history_type, row.history_user, row.history_change_reason)
        for model in (type(kept), Agreement)
        for row in model.history.filter(merge=merged)
    ]
    moved = ["wenden-2004", "wenden-2010"] if isinstance(kept, City) else ["both", "one"]
    reason = f"Apvienots: {duplicate.slug} → {kept.slug}"
    expected = [(kept.slug, "~"), (duplicate.slug, "-"), *((slug, "~") for slug in moved)]
    assert sorted(written) == sorted((slug, kind, admin_user, reason) for slug, kind in expected)


def test_record_that_is_gone_is_not_merged(pair, admin_user):
    kept, duplicate = pair
    merge(kept, duplicate, admin_user)
    with pytest.raises(GoneError):
        merge(duplicate, kept, admin_user)
    assert Merge.objects.count() == 1


@pytest.mark.parametrize("model", [City, CooperationField])
def test_nothing_but_agreements_refers_to_what_is_merged(model):
    """What refers to it besides has to move, too: let merge() do it, and undo() take it back."""
    assert [relation.name for relation in model._meta.related_objects] == ["agreements"]


# Undoing


def test_undoing_brings_everything_back_as_it_was(pair, admin_user):
    before = register()
    merged = merge(*pair, admin_user)
    assert register() != before
    undo(merged, admin_user)
    assert register() == before
    with pytest.raises(UndoneAlreadyError):
        undo(merged, admin_user)


def test_undoing_gives_back_a_key_that_led_elsewhere_before(admin_user):
    first = make_city("tukums")
    first.slug = "tuckum"
    first.save()
    kept, duplicate = make_city("saldus"), make_city("tukums")
    before = register()
    undo(merge(kept, duplicate, admin_user), admin_user)
    assert register() == before


def test_merges_are_undone_one_after_the_other(admin_user):
    first, second, third = (make_city(slug) for slug in ("a", "b", "c"))
    make_agreement(third, slug="x")
    before = register()
    earlier = merge(second, third, admin_user)
    later = merge(first, second, admin_user)
    with pytest.raises(EditedSinceError) as refusal:
        undo(earlier, admin_user)
    assert refusal.value.records == ["b"]
    undo(later, admin_user)
    undo(earlier, admin_user)
    assert register() == before


def edit_kept(city):
    city.region_en = "Livonia"
    city.save()


def edit_agreement(city):
    agreement = city.agreements.get(slug="wenden-2004")
    agreement.internal_note = "x"
    agreement.save()


def take_key(city):
    make_city("wenden", name_lv="Cits")


def add_supplement(city):
    make_agreement(city, slug="new", supplements=Agreement.objects.get(slug="wenden-2010"))


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (edit_kept, ["cesis"]),
        (edit_agreement, ["wenden-2004"]),
        (take_key, ["wenden"]),
        (add_supplement, ["wenden-2010"]),
    ],
)
def test_merge_of_records_that_were_edited_since_is_not_undone(cities, admin_user, edit, named):
    merged = merge(*cities, admin_user)
    edit(City.objects.get())
    before = register()
    with pytest.raises(EditedSinceError) as refusal:
        undo(merged, admin_user)
    assert refusal.value.records == named
    assert register() == before
    assert Merge.objects.get().undone_at is None


def test_agreement_made_since_stays_with_the_kept_partner(cities, admin_user):
    kept, duplicate = cities
    merged = merge(kept, duplicate, admin_user)
    make_agreement(kept, slug="new")
    undo(merged, admin_user)
    assert set(kept.agreements.values_list("slug", flat=True)) == {"cesis-2001", "new"}
    assert set(duplicate.agreements.values_list("slug", flat=True)) == {"wenden-2004", "wenden-2010"}


# In the admin


def test_officer_merges_two_partners_and_undoes_it(cities, admin_client):
    kept, duplicate = cities
    before = register()
    selected = {"action": "merge_selected", "_selected_action": [kept.pk, duplicate.pk]}
    page = admin_client.post(admin_url(City, "changelist"), selected, follow=True)
    assert page.status_code == 200
    # The one with more agreements is proposed.
    assert [merging.kept for merging, _filled in page.context["choices"]] == [duplicate, kept]
    done = admin_client.post(merge_url(kept, duplicate), {"kept": kept.pk}, follow=True)
    merged = Merge.objects.get()
    undo_page = reverse("admin:partners_merge_change", args=[merged.pk])
    assert done.redirect_chain == [(admin_url(City, "change", kept.pk), 302)]
    assert said(done) == [
        f'Ieraksts „Cesis” ir apvienots ar ierakstu <a href="{admin_url(City, "change", kept.pk)}">„Cēsis”</a>. '
        f'<a href="{undo_page}">Skatīt izmaiņas vai atcelt apvienošanu</a>'
    ]
    shown = admin_client.get(undo_page)
    assert [row.slug for row in shown.context["changes"].page] == ["wenden-2004", "wenden-2010"]
    assert "<ins>Vidzeme</ins>" in shown.content.decode()
    undone = admin_client.post(reverse("admin:partners_merge_undo", args=[merged.pk]), follow=True)
    assert said(undone) == ["Apvienošana ir atcelta: reģistrs ir tāds, kāds bija pirms tās."]
    assert register() == before
    assert list(LogEntry.objects.values_list("object_repr", "action_flag").order_by("pk")) == [
        ("Cēsis", 2),
        ("Cesis", 3),
        ("Cesis → Cēsis", 2),
    ]


def test_page_says_what_keeping_either_partner_means(cities, admin_client):
    page = " ".join(admin_client.get(merge_url(*cities)).content.decode().split())
    assert "Trūkstošais tiks pārņemts no otra ieraksta: Nosaukums · EN, Reģions · LV, " in page
    assert "Adrese /lv/partneri/wenden/ turpmāk vedīs uz /lv/partneri/cesis/." in page
    assert "Adrese /lv/partneri/cesis/ turpmāk vedīs uz /lv/partneri/wenden/." in page
    assert "nav publicēts" not in page


def test_page_warns_where_visitors_would_lose_the_partner(admin_client):
    shown, draft = make_city("shown"), make_city("draft", is_published=False)
    page = admin_client.get(merge_url(shown, draft))
    assert [merging.hides_address for merging, _filled in page.context["choices"]] == [False, True]
    assert page.content.decode().count("nav publicēts") == 1


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("model", [City, CooperationField])
def test_just_two_records_are_merged(admin_client, model, count):
    make = make_city if model is City else make_field
    records = [make(f"a-{number}") for number in range(count)]
    if records:
        data = {"action": "merge_selected", "_selected_action": [record.pk for record in records]}
        answer = admin_client.post(admin_url(model, "changelist"), data, follow=True)
    else:
        answer = admin_client.get(f"{admin_url(model, 'merge')}?record=x&record={10**30}", follow=True)
    assert said(answer) == ["Apvienošanai atlasiet tieši divus ierakstus."]
    assert model.objects.count() == count


def test_record_to_keep_has_to_be_one_of_the_two(pair, admin_client):
    answer = admin_client.post(merge_url(*pair), {"kept": "x"})
    assert said(answer) == ["Izvēlieties ierakstu, kas tiks saglabāts."]
    assert Merge.objects.count() == 0


NEEDED = {
    City: ["view_city", "change_city", "delete_city", "change_agreement"],
    CooperationField: [
        "view_cooperationfield",
        "change_cooperationfield",
        "delete_cooperationfield",
        "change_agreement",
    ],
}


@pytest.mark.parametrize("missing", [None, 1, 2, 3])
def test_merging_needs_the_permissions_for_all_that_it_does(pair, client, user_with, missing):
    model = type(pair[0])
    needed = [name for at, name in enumerate(NEEDED[model]) if at != missing]
    client.force_login(user_with(*needed))
    expected = 403 if missing else 200
    assert client.get(merge_url(*pair)).status_code == expected
    assert client.get(admin_url(model, "duplicates")).status_code == expected
    listed = client.get(admin_url(model, "changelist"))
    assert (admin_url(model, "duplicates") in listed.content.decode()) is not bool(missing)
    assert (b"merge_selected" in listed.content) is not bool(missing)
    answer = client.post(merge_url(*pair), {"kept": pair[0].pk})
    assert (answer.status_code, Merge.objects.count()) == ((403, 0) if missing else (302, 1))


@pytest.mark.parametrize("missing", ["view_merge", "add_city", "change_city", "change_agreement", None])
def test_undoing_a_merge_needs_the_permissions_for_all_that_it_does(
    cities, client, admin_user, user_with, missing
):
    merged = merge(*cities, admin_user)
    needed = {"view_merge", "view_city", "add_city", "change_city", "change_agreement"}
    client.force_login(user_with(*needed - {missing}))
    answer = client.post(reverse("admin:partners_merge_undo", args=[merged.pk]))
    assert answer.status_code == (403 if missing else 302)
    assert City.objects.count() == (1 if missing else 2)


def test_merge_is_shown_to_those_who_may_see_its_records(cities, client, admin_user, user_with):
    merged = merge(*cities, admin_user)
    client.force_login(user_with("view_merge", "view_cooperationfield"))
    assert "Cesis" not in client.get(admin_url(Merge, "changelist")).content.decode()
    assert client.get(admin_url(Merge, "change", merged.pk)).status_code == 302


def test_officer_reads_what_stands_in_the_way_of_undoing(cities, admin_client, admin_user):
    merged = merge(*cities, admin_user)
    edit_kept(City.objects.get())
    answer = admin_client.post(reverse("admin:partners_merge_undo", args=[merged.pk]), follow=True)
    assert said(answer) == ["Nekas nav atcelts: kopš apvienošanas ir mainīts 1 ieraksts: cesis."]


def test_merge_page_costs_the_same_queries_whatever_the_number_of_agreements(cities, admin_client):
    def count():
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(merge_url(*cities))
        return len(queries)

    count()
    few = count()
    for number in range(30):
        make_agreement(cities[1], slug=f"a-{number}")
    assert count() == few
