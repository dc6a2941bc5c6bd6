"""Documents of agreements: their files are kept for good, and visitors get just what is published."""

import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils.translation import override

from partners.contents import EXIF_SIGN
from partners.desk import Desk
from partners.exif import stating
from partners.models import Agreement, City, Document
from partners.versions import restore

from .contents import IPTC, TRAILERS, XMP, container, exif, jpeg, jpeg_part, pdf, png
from .factories import make_agreement, make_city, make_document, make_picture
from .test_public_pages import text_of

pytestmark = pytest.mark.django_db

OTHER_PDF = pdf(b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")


def stored():
    return set(default_storage.listdir("")[1])


def content_of(document):
    with default_storage.open(document.file.name) as file:
        return file.read()


def replace(document, content, name):
    document.file = ContentFile(content, name=name)
    document.full_clean()
    document.save()


def test_what_a_document_is_follows_from_its_content():
    picture = make_document(content=png(), name="lapa.HTML", alternative_lv="A", alternative_en="A")
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 40, 30)
    assert (picture.size, picture.sha256) == (len(png()), hashlib.sha256(png()).hexdigest())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Līgums 2003.pdf", "Līgums 2003.pdf"),
        ("LIGUMS.PDF", "LIGUMS.PDF"),
        ("skenēts", "skenēts.pdf"),
        ("lapa.html", "lapa.html.pdf"),
        ("C:/Dokumenti/ligums.pdf", "ligums.pdf"),
        ("li\u202egums\n \t2.pdf", "ligums 2.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
    ids=["Latvian", "capitals", "none", "page", "path", "unseen characters", "long"],
)
def test_file_keeps_its_name_but_never_the_extension_of_another_kind(name, kept):
    assert make_document(name=name).file_name == kept


def test_name_in_the_storage_tells_nothing_and_is_never_used_again():
    agreement = make_agreement()
    first, second = (make_document(agreement, name="ligums.pdf") for _ in range(2))
    assert {first.file.name, second.file.name} == stored()
    assert len(stored()) == 2
    assert "ligums" not in first.file.name + second.file.name
    assert first.file.name.endswith(".pdf")


PHOTOGRAPH = (
    jpeg(extra=jpeg_part(0xE1, EXIF_SIGN + exif(6)) + jpeg_part(0xE1, XMP) + jpeg_part(0xED, IPTC))
    + TRAILERS["film"]
)
SANITIZED = jpeg(extra=jpeg_part(0xE1, EXIF_SIGN + stating(6)))
PICTURE = {"name": "attels.jpg", "alternative_lv": "A", "alternative_en": "A"}


def test_photograph_is_kept_and_published_without_place_device_and_film(client):
    document = make_document(content=PHOTOGRAPH, **PICTURE)
    assert content_of(document) == client.get(document.get_absolute_url()).getvalue() == SANITIZED
    assert (document.width, document.height) == (30, 40)
    assert (document.size, document.sha256) == (len(SANITIZED), hashlib.sha256(SANITIZED).hexdigest())


def store_as_before(document, content):
    """Let `document` have a file as an earlier version stored it."""
    name = default_storage.save("vecs.jpg", ContentFile(content))
    facts = {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "width": 40, "height": 30}
    for rows in (Document.objects, Document.history):
        rows.filter(file=document.file.name).update(**facts)
    return name


def test_command_sanitizes_pictures_of_earlier_versions_and_those_that_can_be_restored(
    admin_user, client, capsys
):
    document = make_document(content=SANITIZED, **PICTURE)
    former = store_as_before(document, PHOTOGRAPH[: -len(TRAILERS["film"])])
    document.refresh_from_db()
    assert b"Telefons-9" in content_of(document)
    call_command("sanitize_pictures")
    assert capsys.readouterr().out == "1 pictures, 1 of them replaced.\n"
    document.refresh_from_db()
    assert content_of(document) == client.get(document.get_absolute_url()).getvalue() == SANITIZED
    assert (document.sha256, document.width) == (hashlib.sha256(SANITIZED).hexdigest(), 30)
    assert [row.file for row in document.history.all()] == [document.file.name]
    assert former in stored()
    back = restore(Document, document.history.first(), admin_user, "")
    assert content_of(back) == SANITIZED
    call_command("sanitize_pictures")
    assert capsys.readouterr().out == "1 pictures, 0 of them replaced.\n"


def test_command_names_pictures_that_it_cannot_read_and_goes_on(capsys):
    agreement = make_agreement()
    lost, there = (make_document(agreement, SANITIZED, **PICTURE) for _ in range(2))
    lost_name = lost.file.name
    default_storage.delete(lost_name)
    store_as_before(there, PHOTOGRAPH[: -len(TRAILERS["film"])])
    with pytest.raises(CommandError, match=r"1 pictures could not be read\."):
        call_command("sanitize_pictures")
    said = capsys.readouterr()
    assert said.out == "2 pictures, 1 of them replaced.\n"
    assert said.err.startswith(f"{lost_name}: ")


def test_e_signed_container_is_kept_for_colleagues_only(client, admin_client):
    document = make_document(content=container(), name="Līgums.edoc", is_published=False)
    assert (document.media_type, document.file_name) == ("application/vnd.etsi.asic-e+zip", "Līgums.edoc")
    assert content_of(document) == container()
    assert client.get(document.get_absolute_url()).status_code == 404
    with override("lv"):
        response = admin_client.get(reverse("admin:partners_document_file", args=[document.pk]))
    assert response.getvalue() == container()
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Security-Policy"].endswith("; sandbox")


def test_e_signed_container_is_never_published():
    document = make_document(content=container(), name="ligums.asice", is_published=False)
    document.is_published = True
    with pytest.raises(ValidationError) as latvian:
        document.full_clean()
    with override("en"), pytest.raises(ValidationError) as english:
        document.full_clean()
    assert latvian.value.messages == [
        "E-dokuments ir paredzēts tikai kolēģiem. Atstājiet to nepublicētu, bet apmeklētājiem "
        "pievienojiet tā saturu PDF failā."
    ]
    assert english.value.messages == [
        "An e-signed container is for colleagues only. Leave it unpublished, and attach a PDF of what it holds for visitors."
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.update(is_published=True)


def test_published_document_cannot_become_an_e_signed_container():
    document = make_document()
    with pytest.raises(ValidationError) as refusal:
        replace(document, container(), "ligums.edoc")
    assert list(refusal.value.message_dict) == ["__all__"]


def test_refused_file_is_not_stored():
    with pytest.raises(ValidationError) as refusal:
        make_document(content=b"<html>")
    assert refusal.value.code == "kind"
    document = Document(agreement=Agreement.objects.get(), file=ContentFile(b"<html>", name="a.pdf"))
    with pytest.raises(ValidationError) as refusal:
        document.full_clean()
    assert set(refusal.value.message_dict) == {"file"}
    assert stored() == set()


def test_file_that_was_replaced_stays_and_the_history_names_it():
    document = make_document()
    former = document.file.name
    replace(document, OTHER_PDF, "jauns.pdf")
    assert stored() == {former, document.file.name}
    assert [row.file for row in document.history.all()] == [document.file.name, former]
    assert default_storage.open(former).read() == pdf()


def test_file_of_a_deleted_document_stays():
    document = make_document()
    name = document.file.name
    document.delete()
    assert stored() == {name}
    assert Document.history.first().file == name


def test_restored_version_brings_its_file_back(admin_user):
    document = make_document(name="vecs.pdf")
    version = document.history.first()
    replace(document, OTHER_PDF, "jauns.pdf")
    back = restore(Document, version, admin_user, "")
    assert (content_of(back), back.file_name, back.size) == (pdf(), "vecs.pdf", len(pdf()))
    assert content_of(document) == OTHER_PDF


def test_deleted_document_comes_back_with_its_file_and_its_address(admin_user, client):
    document = make_document()
    address = document.get_absolute_url()
    document.delete()
    assert client.get(address).status_code == 404
    back = restore(Document, Document.history.first(), admin_user, "")
    assert back.get_absolute_url() == address
    assert client.get(address).getvalue() == pdf()


def test_files_lie_in_a_folder_unless_told_otherwise(settings, tmp_path):
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    settings.MEDIA_ROOT = tmp_path / "documents"
    document = make_document()
    assert [path.name for path in settings.MEDIA_ROOT.iterdir()] == [document.file.name]
    assert content_of(document) == pdf()


def test_agreement_with_documents_cannot_be_deleted():
    document = make_document()
    with pytest.raises(ProtectedError):
        document.agreement.delete()


def test_document_is_called_by_its_title_or_else_by_its_file():
    document = make_document(title_lv="Līgums", title_en="Agreement")
    assert str(document) == "Līgums"
    with override("en"):
        assert str(document) == "Agreement"
    assert str(make_document(document.agreement, title_lv="", is_published=False)) == "ligums.pdf"


# Sending


def test_published_document_is_sent_as_what_it_is_under_its_own_name(client):
    document = make_document(name="Līgums.pdf")
    response = client.get(document.get_absolute_url(), headers={"accept-encoding": "gzip"})
    assert response.getvalue() == pdf()
    assert {
        name: response[name]
        for name in response.headers
        if name not in ("Vary", "Permissions-Policy", "X-Request-ID")
    } == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(pdf())),
        "Content-Disposition": "inline; filename*=utf-8''L%C4%ABgums.pdf",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "ETag": f'"{document.sha256}"',
        "Cache-Control": "public, no-cache",
        "Content-Language": "lv",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    assert dict(response.cookies) == {}
    assert "Cookie" not in response.get("Vary", "")


def test_picture_is_sent_into_a_sandbox(client):
    response = client.get(make_picture().get_absolute_url())
    assert (response.getvalue(), response["Content-Type"]) == (png(), "image/png")
    assert response["Content-Security-Policy"].endswith("; sandbox")


def test_file_that_the_browser_has_is_not_sent_again(client):
    document = make_document()
    address = document.get_absolute_url()
    etag = client.get(address)["ETag"]
    again = client.get(address, headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    replace(document, OTHER_PDF, "ligums.pdf")
    assert client.get(address, headers={"if-none-match": etag}).getvalue() == OTHER_PDF


def test_address_stays_when_the_file_is_replaced(client):
    document = make_document(name="vecs.pdf")
    address = document.get_absolute_url()
    replace(document, OTHER_PDF, "jauns.pdf")
    response = client.get(address)
    assert (response.status_code, response.url) == (302, document.get_absolute_url())
    assert client.get(response.url).getvalue() == OTHER_PDF


def test_address_says_documents_in_either_language(client):
    document = make_document(name="a.pdf")
    with override("en"):
        english = document.get_absolute_url()
    latvian = document.get_absolute_url()
    assert (latvian, english) == (
        f"/lv/dokumenti/{document.uuid}/a.pdf",
        f"/en/documents/{document.uuid}/a.pdf",
    )
    assert client.get(english).getvalue() == pdf()
    assert client.get(latvian.replace("dokumenti", "documents")).url == latvian


def test_file_that_the_storage_has_lost_is_not_found(client):
    document = make_document()
    default_storage.delete(document.file.name)
    assert client.get(document.get_absolute_url()).status_code == 404


HIDDEN = {
    "document": lambda document: Document.objects.update(is_published=False),
    "agreement": lambda document: Agreement.objects.update(is_published=False),
    "partner": lambda document: City.objects.update(is_published=False),
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_document_is_public_only_with_its_agreement_and_its_partner(client, admin_client, hidden):
    document = make_document()
    assert list(Document.objects.published()) == [document]
    HIDDEN[hidden](document)
    assert list(Document.objects.published()) == []
    # To colleagues, too, under the public address: what a cache keeps for visitors is never theirs.
    for visitor in (client, admin_client):
        assert visitor.get(document.get_absolute_url()).status_code == 404


def test_unpublished_document_is_nowhere_on_the_site(client):
    agreement = make_agreement(make_city("tukums"), slug="tukums-2003", signed_on="2003")
    document = make_document(
        agreement, name="zimogs.pdf", title_lv="Zīmogs", title_en="Seal", is_published=False
    )
    addresses = ["/lv/", "/lv/partneri/", "/lv/ligumi/", "/lv/partneri/tukums/"]
    addresses += ["/lv/ligumi/tukums-2003/", "/en/agreements/tukums-2003/", "/lv/karte/", "/lv/parskats/"]
    addresses += [f"/lv/ligumi.{extension}" for extension in ("csv", "json")]
    for address in addresses:
        page = client.get(address).getvalue().decode()
        leaked = [word for word in ("imogs", "Seal", "okument", str(document.uuid)) if word in page]
        assert (address, leaked) == (address, [])
    assert list(client.get("/lv/ligumi/?q=zimogs").context["agreement_list"]) == []


# The page of the agreement


def test_agreement_page_lists_its_documents_with_kind_and_size(client, settings):
    agreement = make_agreement(slug="tukums-2003")
    make_document(agreement, title_lv="Parakstītais līgums", title_en="Signed copy")
    Document.objects.update(size=2_400_000)
    make_picture(agreement)
    shown = text_of(client.get("/lv/ligumi/tukums-2003/"))
    assert f"Dokumenti Parakstītais līgums PDF, 2,3 MB Parakstīšana PNG, {len(png())} baits" in shown
    shown = text_of(client.get("/en/agreements/tukums-2003/"))
    assert "Documents Signed copy PDF, 2.3 MB Parakstīšana in Latvian only PNG" in shown


@pytest.mark.parametrize(
    ("page", "said"), [("/lv/ligumi/a/", "Divi mēri"), ("/en/agreements/a/", "Two mayors")]
)
def test_picture_is_told_in_the_language_of_the_page_and_keeps_its_place(client, page, said):
    picture = make_picture(make_agreement(slug="a"))
    Document.objects.update(width=1200, height=1600)
    with override(page[1:3]):
        address = reverse("partners:document", args=[picture.uuid, picture.file_name])
    image = f'<img src="{address}" alt="{said}" width="1200" height="1600" loading="lazy">'
    assert image in client.get(page).content.decode()


def test_agreement_without_published_documents_has_no_such_section(client):
    make_document(make_agreement(slug="a"), is_published=False)
    assert "<h2>Dokumenti" not in client.get("/lv/ligumi/a/").content.decode()
    assert client.get("/lv/ligumi/a/").context["agreement"].public_documents == []


def test_page_says_when_its_documents_were_changed_last(client):
    agreement = make_agreement(slug="a")
    published, hidden = make_document(agreement), make_document(agreement, is_published=False)
    assert published.changed_at < hidden.changed_at
    assert client.get("/lv/ligumi/a/").context["changed_at"] == published.changed_at


def test_texts_of_documents_are_kept_in_step_like_all_others(admin_user):
    make_document(title_lv="Līgums", title_en="")
    Document.objects.update(older_language="en")
    told = Desk(admin_user, None).translations
    kinds = {str(kind): [line.sentence for line in lines] for kind, lines in told}
    assert kinds["dokumenti"] == ["1 ierakstam trūkst angļu teksta", "1 ierakstam jāpārskata angļu teksts"]
