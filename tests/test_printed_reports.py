"""Reports on paper, as LibreOffice prints them: A4 landscape, numbered, headed, and nothing over one another."""

import re
import shutil
import subprocess
from copy import copy
from datetime import date
from html import unescape
from itertools import combinations
from typing import NamedTuple

import pytest
from django.db import transaction
from django.utils.translation import override

from partners.exports import EXCHANGE, sheets
from partners.formats import ODS, XLSX
from partners.models import Agreement, City

pytestmark = [pytest.mark.django_db, pytest.mark.office]

TODAY = date(2026, 11, 25)
OTHERS = ("partners", "by-country", "by-field", "in-force", EXCHANGE)
FILES = [
    *(("overview", language, file_format) for language in ("lv", "en") for file_format in (XLSX, ODS)),
    *((content, "lv", XLSX) for content in OTHERS),
    *((content, "en", ODS) for content in OTHERS),
]
every_file = pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file[0]}-{file[1]}-{file[2].extension}"
)
A4_LANDSCAPE = (842, 595)  # points


class Word(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str

    def covers(self, other):
        """Whether the two are printed over one another, by more than the space round letters."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1 and down > 0.35 * min(self.bottom - self.top, other.bottom - other.top)


class PrintedPage(NamedTuple):
    size: tuple
    words: list

    @property
    def text(self):
        return " ".join(word.text for word in self.words)


def run(program, *arguments):
    command = [shutil.which(program), *arguments]
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=300).stdout


def pages_of(pdf):
    text = run("pdftotext", "-bbox", pdf, "-")
    pages = []
    for width, height, content in re.findall(r'<page width="(.+?)" height="(.+?)">(.*?)</page>', text, re.S):
        words = re.findall(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', content)
        words = [Word(*map(float, corners), unescape(shown)) for *corners, shown in words]
        pages.append(PrintedPage((round(float(width)), round(float(height))), words))
    return pages


@pytest.fixture(scope="module")
def printed(delivered, django_db_blocker, tmp_path_factory):
    """The pages of each of FILES, with the sheets that were printed."""
    folder = tmp_path_factory.mktemp("printed")
    made = {}
    with django_db_blocker.unblock(), transaction.atomic():
        for model, records in delivered.items():
            model._base_manager.bulk_create(map(copy, records))
        for content, language, file_format in FILES:
            path = folder / f"{content}-{language}-{file_format.extension}.{file_format.extension}"
            with override(language), path.open("wb") as file:
                file_format().write(file, sheets(City.objects.all(), content, TODAY))
                made[content, language, file_format] = (
                    path.with_suffix(".pdf"),
                    [sheet.headings for sheet in sheets(City.objects.all(), content, TODAY)],
                )
        transaction.set_rollback(True)
    files = [path for path in folder.iterdir() if path.suffix in (".xlsx", ".ods")]
    profile = f"-env:UserInstallation=file://{folder}/profile"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *files)
    return {key: (pages_of(pdf), headings) for key, (pdf, headings) in made.items()}


@every_file
def test_pages_are_landscape_and_nothing_is_printed_over_anything_else(printed, file):
    pages, _headings = printed[file]
    assert {page.size for page in pages} == {A4_LANDSCAPE}
    for page in pages:
        covered = [(one.text, other.text) for one, other in combinations(page.words, 2) if one.covers(other)]
        assert covered == []


@every_file
def test_each_page_names_title_municipality_day_and_its_number(printed, file):
    content, language, _format = file
    pages, _headings = printed[file]
    day = {"lv": "2026. gada 25. novembris", "en": "25 November 2026"}[language]
    numbering = {"lv": "{}. lappuse no {}", "en": "Page {} of {}"}[language]
    title = {
        "overview": {"lv": "Gada pārskats –", "en": "Annual overview –"},
        "partners": {"lv": "Visi sadarbības partneri", "en": "All partners"},
        "by-country": {"lv": "Līgumi pēc valsts", "en": "Agreements by country"},
        "by-field": {"lv": "Līgumi pēc sadarbības jomas", "en": "Agreements by field"},
        "in-force": {"lv": "Spēkā esošie līgumi", "en": "Agreements in force"},
        EXCHANGE: {"lv": "Sadarbības partneri", "en": "Partners"},
    }[content][language]
    for number, page in enumerate(pages, start=1):
        for text in (title, "Daugavpils", day, numbering.format(number, len(pages))):
            assert text in page.text


@every_file
def test_headings_stand_on_each_page(printed, file):
    pages, headings = printed[file]
    words = [{word for heading in of_sheet[:2] for word in heading.split()} for of_sheet in headings]
    for page in pages:
        assert any(of_sheet <= {word.text for word in page.words} for of_sheet in words)


@every_file
def test_report_of_the_delivered_register_fits_on_few_pages(printed, file):
    pages, _headings = printed[file]
    most = {"overview": 6, "partners": 2, "by-country": 4, "by-field": 8, "in-force": 1, EXCHANGE: 1}
    assert len(pages) <= most[file[0]]


@pytest.mark.parametrize(("language", "file_format"), [("lv", XLSX), ("en", ODS)])
def test_every_partner_and_agreement_is_printed(printed, delivered, language, file_format):
    pages, _headings = printed["partners", language, file_format]
    text = " ".join(page.text for page in pages)
    names = [getattr(city, f"name_{language}") for city in delivered[City]]
    names = [name for name in names if " " not in name]  # which may stand on two lines
    assert len(names) >= 20
    assert [name for name in names if name not in text] == []
    kinds = {
        "lv": ("Sadarbības līgums", "Papildu līgums"),
        "en": ("Cooperation agreement", "Additional agreement"),
    }
    assert sum(map(text.count, kinds[language])) == len(delivered[Agreement])


def test_full_date_is_printed_as_a_day_and_a_month_in_words(printed):
    for language, shown in (
        ("lv", ("17.11.2003.", "2012. gada septembris")),
        ("en", ("17 November 2003", "September 2012")),
    ):
        for file_format in (XLSX, ODS):
            pages, _headings = printed["overview", language, file_format]
            text = " ".join(page.text for page in pages)
            assert [text.count(date) > 0 for date in shown] == [True, True]
            assert "###" not in text
