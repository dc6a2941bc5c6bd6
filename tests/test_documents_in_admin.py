"""Officers attach documents in the form of the agreement; each has a history and a place of its own."""

import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.db.models.signals import post_save
from pytest_django.asserts import assertContains, assertNotContains

from partners.desk import Desk
from partners.imports import EditedSinceError
from partners.imports.undoing import undo
from partners.models import Agreement, Document, SpreadsheetImport
from partners.roles import Role

from .contents import PDF_BODY, TRAILERS, container, jpeg, pdf, png
from .factories import make_agreement, make_document, make_picture
from .spreadsheets import imported
from .test_admin import admin_url, form_data, posted
from .test_documents import OTHER_PDF, content_of, stored
from .test_history import restored, told

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


def chosen(content=None, name="Līgums.pdf", declared="application/pdf"):
    return SimpleUploadedFile(name, content or pdf(), declared)


def attach(client, agreement, **values):
    """The answer to attaching a document in the form of `agreement`."""
    url = admin_url(Agreement, "change", agreement.pk)
    data = form_data(client.get(url)) | {"documents-TOTAL_FORMS": "1", "documents-0-agreement": agreement.pk}
    extra = {name: values.pop(name) for name in ("signed_on", "change_reason") if name in values}
    data |= {f"documents-0-{name}": value for name, value in values.items()} | extra
    return client.post(url, data)


def problems(response):
    """What the form says of the first document, and of all."""
    (inline,) = response.context["inline_admin_formsets"]
    form = inline.formset.forms[0]
    return {field: list(errors) for field, errors in form.errors.items()}


@pytest.fixture
def agreement():
    agreement = make_agreement(slug="tukums-2003", signed_on="2003")
    Agreement.history.all().delete()
    return agreement


def test_document_is_attached_in_the_form_of_its_agreement(admin_client, agreement):
    answer = attach(admin_client, agreement, file=chosen(), title_lv="Līgums", change_reason="Atrasts arhīvā")
    assert answer.status_code == 302
    document = Document.objects.get()
    assert (document.agreement, document.title_lv, document.is_published) == (agreement, "Līgums", False)
    assert (document.file_name, document.size, content_of(document)) == ("Līgums.pdf", len(pdf()), pdf())
    ((kind, reason, changes),) = told(admin_client, document)
    assert (kind, reason) == ("+", "Atrasts arhīvā")
    assert ("Faila nosaukums", "", "Līgums.pdf") in changes
    assert Document.history.get().history_user.username == "admin"


def test_attaching_a_document_is_no_change_of_the_agreement(admin_client, agreement):
    attach(admin_client, agreement, file=chosen())
    assert (Document.history.count(), Agreement.history.count()) == (1, 0)


def test_new_agreement_is_entered_with_its_document(admin_client, agreement):
    url = admin_url(Agreement, "add")
    changes = {
        "city": agreement.city_id,
        "documents-TOTAL_FORMS": "1",
        "documents-0-file": chosen(),
        "documents-0-title_lv": "Līgums",
        "documents-0-is_published": "on",
    }
    posted(admin_client, url, changes)
    assert Document.objects.get().agreement.slug == "tukums"
    assert len(stored()) == 1


def test_file_is_replaced_and_what_else_the_document_says_stays(admin_client, agreement):
    document = make_document(agreement, title_en="Agreement")
    posted(
        admin_client,
        admin_url(Agreement, "change", agreement.pk),
        {"documents-0-file": chosen(OTHER_PDF, "jauns.pdf")},
    )
    back = Document.objects.get()
    assert (content_of(back), back.file_name, back.title_en) == (OTHER_PDF, "jauns.pdf", "Agreement")
    assert stored() == {document.file.name, back.file.name}
    ((kind, _reason, changes), _first) = told(admin_client, document)
    assert (kind, [change for change in changes if change[0] == "Faila nosaukums"]) == (
        "~",
        [("Faila nosaukums", "ligums.pdf", "jauns.pdf")],
    )


def test_form_saved_untouched_leaves_document_and_history_alone(admin_client, agreement):
    document = make_document(agreement)
    before = Document.objects.values().get()
    posted(admin_client, admin_url(Agreement, "change", agreement.pk), {})
    posted(admin_client, admin_url(Document, "change", document.pk), {})
    assert Document.objects.values().get() == before
    assert Document.history.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, {"file": ["Šis lauks ir nepieciešams."]}),
        (
            {"file": SimpleUploadedFile("a.pdf", b"")},
            {
                "file": [
                    "Fails ir tukšs. Pārbaudiet, vai to var atvērt jūsu datorā, un izvēlieties to vēlreiz."
                ]
            },
        ),
        (
            {"file": chosen(b"<html><script>alert(1)</script>")},
            {
                "file": [
                    "Šis nav ne PDF fails, ne JPEG, PNG vai WebP attēls, lai kāds būtu tā nosaukums. "
                    "Saglabājiet to kādā no šiem formātiem un izvēlieties jauno failu."
                ]
            },
        ),
        (
            {"file": chosen(png()), "alternative_lv": "Divi mēri"},
            {
                "__all__": [
                    "Latviešu un angļu valodā aprakstiet, kas redzams attēlā, lai to uzzinātu arī cilvēki, kuri attēlu nevar redzēt."
                ]
            },
        ),
        (
            {"file": chosen(), "title_lv": "", "title_en": "Agreement", "is_published": "on"},
            {
                "__all__": [
                    "Ievadiet dokumenta nosaukumu latviešu valodā vai atstājiet dokumentu nepublicētu."
                ]
            },
        ),
    ],
    ids=["no file", "empty file", "page", "picture half described", "published without Latvian"],
)
def test_refused_document_is_explained_and_leaves_no_file(admin_client, agreement, values, said):
    answer = attach(admin_client, agreement, **{"title_lv": "Līgums", **values})
    assert (answer.status_code, problems(answer)) == (200, said)
    assert (Document.objects.count(), stored()) == (0, set())


def test_large_file_is_refused_with_both_sizes(admin_client, agreement, settings):
    settings.DOCUMENT_MAX_BYTES = 400
    answer = attach(admin_client, agreement, file=chosen(pdf(PDF_BODY + b"%" * 1023 + b"\n")))
    assert problems(answer) == {
        "file": [
            "Faila lielums ir 1,3\xa0KB, bet lielākais pieļaujamais – 400\xa0baiti. "
            "Skenējiet ar mazāku izšķirtspēju vai saglabājiet mazākā apjomā un izvēlieties jauno failu."
        ]
    }


def test_officer_is_told_to_choose_the_file_again_when_something_else_is_wrong(admin_client, agreement):
    answer = attach(admin_client, agreement, file=chosen(), title_lv="Līgums", signed_on="vakar")
    assert answer.status_code == 200
    assert [str(message) for message in answer.context["messages"]] == [
        "Vēl nekas nav saglabāts. Izvēlieties failus vēlreiz: pārlūkprogramma tos neatceras."
    ]
    assert stored() == set()


def test_form_that_came_back_shows_the_file_that_is_there(admin_client, agreement):
    make_document(agreement, name="vecs.pdf")
    url = admin_url(Agreement, "change", agreement.pk)
    changes = {"documents-0-file": chosen(OTHER_PDF, "jauns.pdf"), "signed_on": "vakar"}
    answer = admin_client.post(url, form_data(admin_client.get(url)) | changes)
    assertContains(answer, "vecs.pdf")
    assertNotContains(answer, "jauns.pdf")


def test_file_goes_with_the_record_when_saving_fails(admin_client, agreement):
    kept = make_document(agreement)

    def fail(instance, created, **kwargs):
        if created:
            raise DatabaseError("for the test")

    post_save.connect(fail, sender=Document)
    try:
        url = admin_url(Document, "add")
        with pytest.raises(DatabaseError):
            posted(admin_client, url, {"agreement": agreement.pk, "file": chosen()})
        changes = {
            "documents-TOTAL_FORMS": "2",
            "documents-1-agreement": agreement.pk,
            "documents-1-file": chosen(),
        }
        with pytest.raises(DatabaseError):
            posted(admin_client, admin_url(Agreement, "change", agreement.pk), changes)
    finally:
        post_save.disconnect(fail, sender=Document)
    assert (list(Document.objects.all()), stored()) == ([kept], {kept.file.name})


def test_document_taken_off_in_the_form_is_listed_as_deleted_and_comes_back(admin_client, agreement):
    document = make_document(agreement, title_lv="Parakstītais līgums")
    posted(admin_client, admin_url(Agreement, "change", agreement.pk), {"documents-0-DELETE": "on"})
    assert Document.objects.count() == 0
    assertContains(admin_client.get(admin_url(Document, "deleted")), "Parakstītais līgums")
    restored(admin_client, document, Document.history.first())
    assert content_of(Document.objects.get()) == pdf()


def test_delete_page_of_an_agreement_names_the_documents_in_the_way(admin_client, agreement):
    make_document(agreement, title_lv="Parakstītais līgums")
    url = admin_url(Agreement, "delete", agreement.pk)
    assertContains(admin_client.get(url), "Parakstītais līgums")
    assertNotContains(admin_client.get(url), 'type="submit" value')
    admin_client.post(url, {"post": "yes"})
    assert Agreement.objects.count() == 1


def test_every_page_of_a_document_answers(admin_client, agreement):
    document = make_picture(agreement)
    pages = [admin_url(Document, page) for page in ("changelist", "add", "deleted")]
    pages += [admin_url(Document, page, document.pk) for page in ("change", "delete", "history")]
    for page in pages:
        assert (page, admin_client.get(page).status_code) == (page, 200)


def test_list_tells_kind_and_size_and_is_narrowed_by_them(admin_client, agreement):
    make_document(agreement, title_lv="Līgums")
    make_picture(agreement, is_published=False)
    url = admin_url(Document, "changelist")
    page = admin_client.get(url).content.decode()
    assert ">PDF</td>" in page
    assert f"{len(pdf())}\xa0baiti" in page
    for query in (
        {"media_type__exact": "image/png"},
        {"is_published__exact": "0"},
        {"translation": "missing-en"},
    ):
        found = admin_client.get(url, query).context["cl"].result_list
        assert "Parakstīšana" in [document.title for document in found]


def test_last_changes_name_documents(admin_user, admin_client, agreement):
    attach(admin_client, agreement, file=chosen(), title_lv="Parakstītais līgums")
    change = Desk(admin_user, None).changes[0]
    assert (change.name, change.url) == (
        "Parakstītais līgums",
        admin_url(Document, "history", Document.objects.get().pk),
    )


def test_import_whose_agreement_has_a_document_is_not_undone(admin_client, admin_user, agreement):
    imported(admin_client, Agreement, ["slug", "city"], ["tukums-2004", agreement.city.slug])
    make_document(Agreement.objects.get(slug="tukums-2004"))
    with pytest.raises(EditedSinceError) as refusal:
        undo(SpreadsheetImport.objects.get(), admin_user)
    assert refusal.value.records == ["tukums-2004"]


# Opening


def test_colleague_opens_what_is_not_published(client, user_with):
    document = make_document(is_published=False)
    client.force_login(user_with("view_document"))
    response = client.get(admin_url(Document, "file", document.pk))
    assert response.getvalue() == pdf()
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_document_is_opened_only_with_the_right_to_view_documents(client, user_with):
    address = admin_url(Document, "file", make_document().pk)
    assert client.get(address).status_code == 302
    client.force_login(user_with("view_agreement"))
    assert client.get(address).status_code == 403


def test_document_that_is_not_there_or_whose_file_is_lost_is_not_found(admin_client):
    document = make_document()
    assert admin_client.get(admin_url(Document, "file", document.pk + 1)).status_code == 404
    default_storage.delete(document.file.name)
    assert admin_client.get(admin_url(Document, "file", document.pk)).status_code == 404


def test_officer_without_the_right_to_documents_edits_agreements_without_seeing_them(
    client, user_with, agreement
):
    make_document(agreement, title_lv="Parakstītais līgums")
    client.force_login(user_with("view_agreement", "change_agreement", "view_city", "view_cooperationfield"))
    assertNotContains(client.get(admin_url(Agreement, "change", agreement.pk)), "Parakstītais līgums")
    posted(client, admin_url(Agreement, "change", agreement.pk), {"signed_on": "2004"})
    assert Document.objects.count() == 1


@pytest.mark.parametrize("place", ["document", "agreement"])
def test_file_that_somebody_replaced_meanwhile_is_not_replaced_unseen(admin_client, agreement, place):
    document = make_document(agreement)
    record, prefix = (document, "") if place == "document" else (agreement, "documents-0-")
    url = admin_url(type(record), "change", record.pk)
    data = form_data(admin_client.get(url))
    document.file = chosen(OTHER_PDF, "theirs.pdf")
    document.save()
    mine = {f"{prefix}file": chosen(name="mine.pdf")}
    stopped = admin_client.post(url, {**data, **mine})
    assert (stopped.status_code, Document.objects.get().file_name) == (200, "theirs.pdf")
    mine = {f"{prefix}file": chosen(name="mine.pdf")}
    data[f"{prefix}held"] = Document.objects.get().sha256
    assert admin_client.post(url, {**data, **mine}).status_code == 302
    assert Document.objects.get().file_name == "mine.pdf"


@pytest.mark.parametrize("model", [Document, Agreement])
def test_who_only_looks_at_a_document_opens_its_file_by_every_link(client, user_as, model):
    document = make_document(is_published=False)
    pk = document.pk if model is Document else document.agreement_id
    client.force_login(user_as(Role.VIEWER))
    page = client.get(admin_url(model, "change", pk)).content.decode()
    shown = re.findall(r'<div class="readonly"><a href="([^"]+)">[^<]*[.]pdf</a>', page)
    assert shown == [admin_url(Document, "file", document.pk)]
    assert content_of(document) == b"".join(client.get(shown[0]))


def test_e_signed_container_is_attached_for_colleagues_and_refused_for_visitors(admin_client, agreement):
    file = {"name": "Līgums.edoc", "declared": "application/octet-stream"}
    answer = attach(
        admin_client,
        agreement,
        file=chosen(container(), **file),
        title_lv="Parakstīts līgums",
        is_published="on",
    )
    assert problems(answer) == {
        "__all__": [
            "E-dokuments ir paredzēts tikai kolēģiem. Atstājiet to nepublicētu, bet apmeklētājiem pievienojiet tā saturu PDF failā."
        ]
    }
    assert attach(admin_client, agreement, file=chosen(container(), **file)).status_code == 302
    document = Document.objects.get()
    assert (content_of(document), document.file_name) == (container(), "Līgums.edoc")
    page = admin_client.get(admin_url(Document, "change", document.pk))
    assertContains(page, "e-dokuments (EDOC)")
    assertContains(page, "Līgums.edoc</a>")


def test_photograph_of_a_telephone_is_attached_as_the_picture_alone(admin_client, agreement):
    answer = attach(
        admin_client,
        agreement,
        file=chosen(jpeg() + TRAILERS["film"], "IMG_1.jpg", "image/jpeg"),
        alternative_lv="A",
        alternative_en="A",
    )
    assert answer.status_code == 302
    assert content_of(Document.objects.get()) == jpeg()
