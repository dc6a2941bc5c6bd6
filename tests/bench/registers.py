"""Registers of any size: agreements as a spreadsheet, and straight into the database."""

import csv
import io


def agreements(count, key="bench"):
    """A CSV file with that many new agreements of the partners of the register."""
    from partners.models import City, CooperationField
    from partners.resources import AgreementResource

    headings = [column.column_name for column in AgreementResource().columns]
    cities = list(City.objects.values_list("slug", flat=True))
    fields = list(CooperationField.objects.values_list("slug", flat=True))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, headings, restval="")
    writer.writeheader()
    for number in range(count):
        chosen = {fields[number % len(fields)], fields[(number + 5) % len(fields)]}
        writer.writerow(
            {
                "slug": f"{key}-{number}",
                "city": cities[number % len(cities)],
                "kind": "cooperation",
                "signed_on": f"{1990 + number % 30}-{1 + number % 12:02}-{1 + number % 28:02}",
                "status": "in-force",
                "valid_until": str(2030 + number % 5),
                "renews_automatically": "1",
                "notice_months": str(1 + number % 12),
                "decision_number": f"Nr. {number}",
                "scope_lv": "Izglītība | Kultūra un māksla | Sports",
                "scope_en": "Education | Culture and arts | Sport",
                "fields": " | ".join(sorted(chosen)),
                "internal_note": f"Piezīme {number}",
                "is_published": "1",
            }
        )
    return file.getvalue().encode()


def fill(count):
    from partners.models import Agreement, City

    cities = list(City.objects.values_list("pk", flat=True))
    made = Agreement.objects.bulk_create(
        (
            Agreement(
                slug=f"many-{number}",
                city_id=cities[number % len(cities)],
                signed_on=f"{1990 + number % 30}-{1 + number % 12:02}-{1 + number % 28:02}",
                scope_lv="Izglītība\nKultūra un māksla\nSports",
                scope_en="Education\nCulture and arts\nSport",
                decision_number=f"Nr. {number}",
                is_published=True,
            )
            for number in range(count)
        ),
        batch_size=1000,
    )
    through = Agreement.fields.through
    through.objects.bulk_create(
        (
            through(agreement_id=agreement.pk, cooperationfield_id=1 + (number + step) % 19)
            for number, agreement in enumerate(made)
            for step in (0, 5)
        ),
        batch_size=5000,
    )


def attach(count):
    """Signed copies to so many agreements, of 100 kB each as a scan of one page may have, no two alike."""
    from django.core.files.base import ContentFile

    from partners.models import Agreement, Document

    from ..contents import PDF_BODY, pdf

    documents = []
    for agreement in Agreement.objects.all()[:count]:
        content = pdf(PDF_BODY + b"%% %d\n" % agreement.pk + b"%" * 100_000 + b"\n")
        document = Document(agreement=agreement, file=ContentFile(content, name="ligums.pdf"))
        document.examine_new_file()
        document.file.save(document.file.name, document.file.file, save=False)
        documents.append(document)
    Document.objects.bulk_create(documents, batch_size=1000)
