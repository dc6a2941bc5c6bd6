"""The file that visitors see is replaced by those who may publish, and by nobody else."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partners.models import Agreement, Document
from partners.roles import Role

from .contents import PDF_BODY, pdf
from .factories import make_document
from .test_admin import admin_url, form_data
from .test_merging import said

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

NEWER = pdf(PDF_BODY + b"% newer\n")
SENTENCE = "Šo failu redz apmeklētāji. To var aizstāt tikai tie, kam ir publicēšanas tiesības."


def forms_of(document):
    """Where a document is changed: its own form, and that of its agreement; with the prefix of its fields."""
    return [
        (admin_url(Document, "change", document.pk), ""),
        (admin_url(Agreement, "change", document.agreement_id), "documents-0-"),
    ]


@pytest.fixture(params=[0, 1], ids=["of the document", "of the agreement"])
def form_number(request):
    return request.param


def replace(client, document, form_number):
    url, prefix = forms_of(document)[form_number]
    data = form_data(client.get(url))
    return client.post(url, {**data, f"{prefix}file": SimpleUploadedFile("b.pdf", NEWER)})


@pytest.mark.parametrize(
    ("role", "is_published", "is_replaced"),
    [(Role.EDITOR, True, False), (Role.EDITOR, False, True), (Role.PUBLISHER, True, True)],
)
def test_file_of_a_published_document_is_replaced_by_publishers_only(
    client, user_as, form_number, role, is_published, is_replaced
):
    document = make_document(is_published=is_published)
    client.force_login(user_as(role))
    answer = replace(client, document, form_number)
    assert (answer.status_code == 302, SENTENCE in answer.content.decode()) == (is_replaced, not is_replaced)
    document.refresh_from_db()
    assert document.file.read() == (NEWER if is_replaced else pdf())


def test_form_says_so_before_a_file_is_chosen(client, user_as, form_number):
    document = make_document()
    [url, _prefix] = forms_of(document)[form_number]
    client.force_login(user_as(Role.EDITOR))
    page = client.get(url).content.decode()
    [chooser] = re.findall(r"<input type=\"file\" name=\"(?:documents-0-)?file\"[^>]*>", page)
    assert (SENTENCE in page, " disabled" in chooser) == (True, True)


def test_editor_still_changes_the_title_of_a_published_document(client, user_as, form_number):
    document = make_document()
    url, prefix = forms_of(document)[form_number]
    client.force_login(user_as(Role.EDITOR))
    assert client.post(url, form_data(client.get(url)) | {f"{prefix}title_lv": "Cits"}).status_code == 302
    document.refresh_from_db()
    assert document.title_lv == "Cits"


@pytest.mark.parametrize(("role", "content"), [(Role.EDITOR, NEWER), (Role.PUBLISHER, pdf())])
def test_version_with_another_file_of_a_published_document_is_restored_by_publishers_only(
    client, user_as, role, content
):
    document = make_document()
    document.file = SimpleUploadedFile("b.pdf", NEWER)
    document.save()
    newest, first = document.history.order_by("-history_id")
    client.force_login(user_as(role))
    url = admin_url(Document, "restore", document.pk, first.pk)
    answer = client.post(url, {"newest": newest.pk}, follow=True)
    document.refresh_from_db()
    assert document.file.read() == content
    assert said(answer)[0].startswith("Nekas nav atjaunots") == (role == Role.EDITOR)
