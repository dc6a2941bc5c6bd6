"""Where a record marked as published belongs decides whether it is seen: only publishers move it."""

import pytest
from django.contrib.auth.models import Group

from partners.merging import DecisionError, merge
from partners.models import Agreement, City, Document, Merge
from partners.roles import Role

from .factories import make_agreement, make_city, make_document
from .spreadsheets import preview, sheet
from .test_admin import admin_url, form_data

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def accounts(django_user_model):
    found = {}
    for role in (Role.EDITOR, Role.PUBLISHER):
        found[role] = django_user_model.objects.create_user(role.name, password="pass", is_staff=True)
        found[role].groups.add(Group.objects.get(name=role))
    return found


@pytest.fixture(params=[Role.EDITOR, Role.PUBLISHER], ids=["editor", "publisher"])
def role(request):
    return request.param


@pytest.fixture
def user(accounts, role):
    return accounts[role]


@pytest.fixture
def colleague(user, client):
    client.force_login(user)
    return client


@pytest.fixture
def places():
    """A partner that visitors see, and one that they do not."""
    return make_city("seen"), make_city("hidden", is_published=False)


def save(client, record, **changes):
    url = admin_url(type(record), "change", record.pk)
    return client.post(url, {**form_data(client.get(url)), **changes})


def test_agreement_marked_as_published_is_moved_by_publishers_only(places, colleague, role):
    seen, hidden = places
    agreement = make_agreement(hidden)
    save(colleague, agreement, city=seen.pk)
    agreement.refresh_from_db()
    assert agreement.city == (seen if role is Role.PUBLISHER else hidden)


def test_draft_of_an_agreement_is_moved_by_editors_too(places, colleague):
    seen, hidden = places
    agreement = make_agreement(hidden, is_published=False)
    assert save(colleague, agreement, city=seen.pk).status_code == 302
    agreement.refresh_from_db()
    assert agreement.city == seen


def test_document_marked_as_published_is_moved_by_publishers_only(places, colleague, role):
    seen, hidden = places
    public, draft = make_agreement(seen), make_agreement(hidden, slug="hidden-2003")
    document = make_document(draft)
    save(colleague, document, agreement=public.pk)
    assert Document.objects.published().exists() == (role is Role.PUBLISHER)


def test_row_of_an_import_moves_what_is_marked_as_published_for_publishers_only(places, colleague, role):
    _seen, hidden = places
    make_agreement(hidden, slug="hidden-2003")
    previewed = preview(colleague, Agreement, sheet(["slug", "city"], ["hidden-2003", "seen"]))
    problems = [(problem.column, problem.row) for problem in previewed.context["preview"].plan.problems]
    assert problems == ([] if role is Role.PUBLISHER else [("city", 2)])


def test_version_of_another_partner_is_restored_by_publishers_only(places, colleague, role, admin_user):
    seen, hidden = places
    agreement = make_agreement(seen)
    agreement.city = hidden
    agreement.save()
    first = agreement.history.last()
    newest = {"newest": agreement.history.first().pk}
    colleague.post(admin_url(Agreement, "restore", agreement.pk, first.pk), newest)
    agreement.refresh_from_db()
    assert agreement.city == (seen if role is Role.PUBLISHER else hidden)


def test_merging_that_would_show_agreements_is_left_to_publishers(places, user, role, accounts):
    seen, hidden = places
    make_agreement(hidden)
    if role is Role.EDITOR:
        with pytest.raises(DecisionError):
            merge(seen, hidden, user)
        merge(seen, hidden, accounts[Role.PUBLISHER])
    else:
        merge(seen, hidden, user)
    assert Merge.objects.get().was_decision


def test_merging_of_drafts_shows_nothing_and_is_everybodys(places, user):
    seen, hidden = places
    make_agreement(hidden, is_published=False)
    merge(seen, hidden, user)
    assert not Merge.objects.get().was_decision


@pytest.mark.parametrize("record", [City, Document], ids=["partner", "document"])
def test_missing_latvian_text_of_what_is_published_is_explained_to_editors_too(colleague, record):
    city = make_city(name_en="Tukums")
    published = city if record is City else make_document(make_agreement(city))
    emptied = {"name_lv": ""} if record is City else {"title_lv": ""}
    answer = save(colleague, published, **emptied)
    assert (answer.status_code, len(answer.context["adminform"].form.non_field_errors())) == (200, 1)
