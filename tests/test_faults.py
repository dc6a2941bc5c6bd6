"""Where the storage is away or the disk is full, people are told, nothing is half, and it goes on by itself."""

import resource
from contextlib import contextmanager

import pytest
from django.db import connection

from partners.error_views import fault
from partners.models import Agreement, Document

from .contents import PDF_BODY, pdf
from .deployed import Form
from .factories import make_agreement, make_city, make_document
from .spreadsheets import confirm, preview, sheet
from .test_admin import admin_url, form_data
from .test_documents_in_admin import attach, chosen, problems

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]

NOT_STORED = (
    "Failu nevarēja saglabāt: dokumentu glabātuve nav sasniedzama vai ir pilna. "
    "Paziņojiet servera administratoram un vēlāk mēģiniet vēlreiz."
)
LARGEST = 10 * 2**20


@pytest.fixture
def folder(settings, tmp_path):
    """Where documents are kept, as on a server."""
    folder = tmp_path / "documents"
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(folder)},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * LARGEST
    return folder


@contextmanager
def away(folder):
    """The folder is no longer there; a file in its place lets nobody make it anew."""
    folder.rename(folder.with_name("elsewhere"))
    yield
    folder.with_name("elsewhere").rename(folder)


@contextmanager
def no_room():
    """A file ends, half-way, where the disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("language", "heading"), [("lv", "Reģistrs nav pieejams"), ("en", "The register cannot be reached")]
)
def test_visitor_is_told_to_come_back_for_a_document_whose_storage_is_away(client, folder, language, heading):
    document = make_document()
    address = document.get_absolute_url().replace(
        "/lv/dokumenti/", {"lv": "/lv/dokumenti/", "en": "/en/documents/"}[language]
    )
    client.raise_request_exception = False
    with away(folder):
        answer = client.get(address)
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
        assert f"<h1>{heading}</h1>" in answer.content.decode()
    assert client.get(address).status_code == 200


def test_document_whose_file_alone_is_lost_is_not_found(client, folder):
    document = make_document()
    (folder / document.file.name).unlink()
    assert client.get(document.get_absolute_url()).status_code == 404


def test_officer_is_told_that_a_file_cannot_be_stored_and_keeps_what_was_typed(admin_client, folder):
    agreement = make_agreement(slug="tukums-2003")
    folder.touch()
    answer = attach(admin_client, agreement, file=chosen(), title_lv="Parakstīts līgums", signed_on="2004")
    assert problems(answer) == {"file": [NOT_STORED]}
    content = answer.content.decode()
    assert 'value="Parakstīts līgums"' in content
    assert 'name="signed_on" value="2004"' in content
    assert "Vēl nekas nav saglabāts. Izvēlieties failus vēlreiz" in content
    assert (Document.objects.count(), Agreement.objects.get().signed_on) == (0, None)
    folder.unlink()
    assert attach(admin_client, agreement, file=chosen(), title_lv="Parakstīts līgums").status_code == 302


def test_new_file_makes_no_folder_in_the_place_of_that_of_earlier_documents(admin_client, folder):
    document = make_document(make_agreement(slug="tukums-2003"))
    with away(folder):
        answer = attach(admin_client, document.agreement, file=chosen(), title_lv="Parakstīts līgums")
        assert problems(answer) == {"file": [NOT_STORED]}
        assert not folder.exists()


def test_file_for_which_there_is_no_room_leaves_no_half_of_it(admin_client, folder):
    agreement = make_agreement()
    large = pdf(PDF_BODY + b"%" * LARGEST + b"\n")
    with no_room():
        answer = attach(admin_client, agreement, file=chosen(large))
    assert problems(answer) == {"file": [NOT_STORED]}
    assert (list(folder.iterdir()), Document.objects.count()) == ([], 0)
    assert attach(admin_client, agreement, file=chosen(large)).status_code == 302
    assert [path.stat().st_size for path in folder.iterdir()] == [len(large)]


def sent_again(answer):
    return Form(answer.content.decode()).values


def pragma(text):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {text}")
        return cursor.fetchone()[0]


@contextmanager
def full_database():
    before = pragma("max_page_count")
    pragma(f"max_page_count = {pragma('page_count')}")
    yield
    pragma(f"max_page_count = {before}")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be told how large it may get")
def test_full_database_refuses_a_save_and_an_import_whole_and_goes_on_once_there_is_room(admin_client):
    agreement = make_agreement(make_city("tukums"), slug="main")
    address = admin_url(Agreement, "change", agreement.pk)
    data = form_data(admin_client.get(address)) | {"scope_lv": "x" * 2**20}
    rows = [
        ["slug", "city", "internal_note"],
        *([f"a-{number}", "tukums", "x" * 9000] for number in range(200)),
    ]
    previewed = preview(admin_client, Agreement, sheet(*rows))
    admin_client.raise_request_exception = False
    with full_database():
        answers = [admin_client.post(address, data), confirm(admin_client, Agreement, previewed)]
        assert [(answer.status_code, answer["Retry-After"]) for answer in answers] == [(503, "5")] * 2
        assert "<h1>Reģistrs nav pieejams</h1>" in answers[0].content.decode()
        assert list(Agreement.objects.values_list("slug", "scope_lv")) == [("main", None)]
    assert pragma("integrity_check") == "ok"
    # The page holds the form, to be sent again.
    assert f'<form method="post" action="{address}">' in answers[0].content.decode()
    written = {name: str(value) for name, value in data.items() if value != []}
    assert sent_again(answers[0]) == written
    assert admin_client.post(address, sent_again(answers[0])).status_code == 302
    assert Agreement.objects.get().scope_lv == data["scope_lv"]
    assert confirm(admin_client, Agreement, previewed).status_code == 200
    assert Agreement.objects.count() == 201


@pytest.mark.parametrize("name", ["password", "usable_password"])
def test_page_of_a_fault_keeps_nothing_of_a_form_with_a_password(rf, name):
    answer = fault(rf.post("/lv/admin/login/", {"username": "anna", name: "a secret of mine"}), away=True)
    content = answer.content.decode()
    assert answer.status_code == 503
    assert ("<form" in content, "anna" in content, "a secret" in content) == (False, False, False)


def test_page_of_a_fault_sends_again_with_the_token_that_the_form_had(rf):
    answer = fault(rf.post("/lv/admin/", {"name": "<b>", "csrfmiddlewaretoken": "token"}), away=True)
    assert sent_again(answer) == {"name": "<b>", "csrfmiddlewaretoken": "token"}


def test_page_of_a_fault_stands_without_what_cannot_be_read_of_a_form(rf):
    request = rf.generic("POST", "/lv/admin/", b"--", content_type="multipart/form-data; boundary=")
    answer = fault(request, away=True)
    assert (answer.status_code, "<form" in answer.content.decode()) == (503, False)
