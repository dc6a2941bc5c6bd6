"""A text file in an 8-bit encoding is refused, or the officer sees the words that may be read wrongly."""

import io

import pytest
from django.core.management import CommandError, call_command

from partners.formats import UnreadableError, read
from partners.models import City

from .spreadsheets import preview, sheet

NAMES = {
    "cp1250": ["Częstochowa", "Poznań i Częstochowa", "Plzeň", "Kroměříž", "Győr"],
    "cp1251": ["Харьков", "Лида", "Минск"],
    "cp1252": ["Genève", "fête", "hôtel", "Besançon", "Nîmes", "Logroño", "Tromsø", "Næstved"],
    "cp1254": ["Eskişehir", "Muğla", "İzmir"],
    "cp437": ["Malmö", "Málaga", "Cádiz", "Groß"],
    "cp775": ["Alīta", "Biržai", "Mūtala", "Ferrāra", "Šauļi", "Poznań"],
    "cp850": ["Næstved", "Malmö", "Genève", "Ålborg"],
    "cp852": ["Częstochowa", "Poznań", "Łódź", "Šiauliai"],
    "cp866": ["Харьков", "Лида"],
    "koi8_r": ["Харьков", "Лида"],
    "iso8859_2": ["Łódź", "Šiauliai", "Plzeň", "Iaşi"],
    "iso8859_4": ["Alīta", "Ferrāra", "Mūtala", "Šauļi"],
    "mac_roman": ["Genève", "Logroño", "Córdoba", "Groß", "Tromsø"],
    "mac_latin2": ["Panevēža", "Šiauliai", "Kaunā", "Kraków", "Wrocław"],
    "mac_cyrillic": ["Харьков", "Лида"],
}


def read_note(text, encoding):
    """The note on a file with this text; None where it is refused."""
    content = b"slug;name_lv\r\na;" + text.encode(encoding) + b"\r\n"
    try:
        table = read(io.BytesIO(content))
    except UnreadableError:
        return None
    [note] = table.notes
    return note


@pytest.mark.parametrize(
    ("encoding", "name"), [(key, name) for key, names in NAMES.items() for name in names]
)
def test_word_in_another_encoding_is_refused_or_shown(encoding, name):
    note = read_note(name, encoding)
    misread = name.encode(encoding).decode("cp1257", "ignore")
    wrong = [word for word in misread.split(" ") if not word.isascii()]
    assert note is None or note.endswith(f": {', '.join(wrong)}.")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Panevēža", "mac_latin2"),
        ("Šauļi", "cp775"),
        ("Mūtala", "cp775"),
        ("Харьков", "koi8_r"),
        ("Kurzeme un Харьков, Минск", "cp1251"),
    ],
)
def test_signs_and_capitals_inside_words_give_an_encoding_away(text, encoding):
    assert read_note(text, encoding) is None


@pytest.mark.parametrize(
    "text",
    [
        "Ķēsis un „Vecā Rīga”",
        "Panevėžys – Šiauliai",
        "Xi’an’a ūdens",
        "AS „Ķīmija”; 55 °C, 100 € un 2 m²",
        "ĀBOLI",
    ],
)
def test_text_of_latvian_windows_is_read(text):
    [row] = read(io.BytesIO(f'slug\tname_lv\na\t"{text}"\n'.encode("cp1257"))).rows
    assert row.cells == ["a", text]


def test_foreign_words_are_named_first_and_no_more_than_can_be_looked_through():
    latvian = " ".join(f"vārds{letter}{other}" for letter in "abcdefghij" for other in "abcdefghij")
    note = read_note(f"{latvian} Panevėžys", "cp1257")
    words = note.partition("pareizi: ")[2].rstrip(".").split(", ")
    assert (len(words), words[:3]) == (40, ["Panevėžys", "vārdsaa", "vārdsab"])
    assert read_note(latvian.replace("ā", "ė"), "cp1257") is None


@pytest.mark.parametrize(
    ("count", "ending"),
    [
        (40, "vārds40."),
        (41, "vārds40. Failā ir vēl 1 šāds vārds. "),
        (42, "vārds40. Failā ir vēl 2 šādi vārdi. "),
        (51, "vārds40. Failā ir vēl 11 šādi vārdi. "),
        (61, "vārds40. Failā ir vēl 21 šāds vārds. "),
        (9_999, "vārds40. Failā ir vēl 9959 šādi vārdi. "),
        (10_000, "vārds40. Failā ir vēl vismaz 9960 šādu vārdu. "),
        (12_000, "vārds40. Failā ir vēl vismaz 9960 šādu vārdu. "),
    ],
)
def test_note_says_how_many_more_words_there_are_than_it_names(count, ending):
    note = read_note(" ".join(f"vārds{number}" for number in range(1, count + 1)), "cp1257")
    advice = "Drošāk ir saglabāt tabulu kā „CSV UTF-8” vai XLSX." if count > 40 else ""
    assert note.endswith(f", {ending}{advice}")


def test_misread_word_that_looks_latvian_and_is_not_named_is_counted():
    words = " ".join(f"vārds{number}" for number in range(40))
    content = f"name_lv\n{words} ".encode("cp1257") + "Genève\n".encode("cp1252")
    [note] = read(io.BytesIO(content)).notes
    assert "Genčve" not in note
    assert "Failā ir vēl 1 šāds vārds." in note


@pytest.mark.django_db
def test_officer_sees_the_words_before_confirming(admin_client):
    rows = sheet(["name_en", "country"], ["Częstochowa", "PL"], ["Poznań", "PL"])
    page = preview(admin_client, City, rows.decode().encode("cp1250")).content.decode()
    assert (
        "Fails ir nolasīts Windows-1257 (Baltijas) kodējumā: pārbaudiet, vai šajos vārdos visi burti ir pareizi: "
        "Czźstochowa, Poznań."
    ) in page


@pytest.mark.django_db
def test_command_says_them_too(tmp_path):
    file, said = tmp_path / "a.csv", io.StringIO()
    file.write_bytes("name_lv;country\nČekija;CZ\n".encode("cp1257"))
    call_command("import", "partners", str(file), "--dry-run", stderr=said, stdout=io.StringIO())
    assert said.getvalue().splitlines() == [
        "Fails ir nolasīts Windows-1257 (Baltijas) kodējumā: pārbaudiet, vai šajos vārdos visi burti ir pareizi: "
        "Čekija."
    ]


@pytest.mark.django_db
def test_command_imports_doubtful_words_only_when_they_are_accepted(tmp_path):
    file = tmp_path / "a.csv"
    arguments = ("import", "partners", str(file))
    file.write_bytes("slug;name_lv;country\ncekija;Čekija;CZ\n".encode("cp1257"))
    said = io.StringIO()
    with pytest.raises(CommandError, match="lietojiet --accept-encoding") as refusal:
        call_command(*arguments, stdout=io.StringIO(), stderr=said)
    assert refusal.value.returncode == 1
    assert said.getvalue().endswith(": Čekija.\n")
    assert City.objects.count() == 0
    call_command(*arguments, "--accept-encoding", stdout=io.StringIO(), stderr=io.StringIO())
    assert City.objects.get().name_lv == "Čekija"
    # Nothing is to be written any more, so there is nothing to accept.
    call_command(*arguments, stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize(
    ("name", "encoding"), [("Čekija", "utf-8"), ("Tukums", "cp1257"), ("Tukums – Kandava", "cp1257")]
)
@pytest.mark.django_db
def test_command_needs_no_consent_where_no_word_is_doubtful(tmp_path, name, encoding):
    file = tmp_path / "a.csv"
    file.write_bytes(f"name_lv;country\n{name};LV\n".encode(encoding))
    call_command("import", "partners", str(file), stdout=io.StringIO(), stderr=io.StringIO())
    assert City.objects.get().name_lv == name
