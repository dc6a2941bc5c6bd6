import pytest
from django.core.management import call_command
from django.db.migrations import DeleteModel, RemoveField, RenameField, RenameModel
from django.db.migrations.loader import MigrationLoader

from partners.models import Agreement, City, CooperationField, Page

from .factories import make_document


def dump(tmp_path, name):
    path = tmp_path / name
    call_command(
        "dumpdata",
        "partners",
        exclude=["partners.edition", "partners.tally"],  # every write makes them anew
        natural_foreign=True,
        natural_primary=True,
        indent=1,
        output=str(path),
    )
    return path


@pytest.mark.django_db(transaction=True)
def test_migrations_run_forward_back_and_forward_again_with_data(tmp_path, register):
    before = dump(tmp_path, "before.json")
    call_command("migrate", "partners", "zero", verbosity=0)
    call_command("migrate", "partners", verbosity=0)
    assert [model.objects.count() for model in (City, Agreement, CooperationField, Page)] == [0, 0, 0, 0]
    call_command("loaddata", str(before), verbosity=0)
    # Of an instant without milliseconds Django writes them once and then no more.
    texts = [path.read_text().replace(".000Z", "Z") for path in (dump(tmp_path, "after.json"), before)]
    assert texts[0] == texts[1]


@pytest.mark.django_db(transaction=True)
def test_going_back_before_the_editions_and_forward_again_keeps_every_record(tmp_path, register):
    make_document(Agreement.objects.first())
    before = dump(tmp_path, "before.json").read_text()
    call_command("migrate", "partners", "0009", verbosity=0)
    call_command("migrate", "partners", verbosity=0)
    assert dump(tmp_path, "after.json").read_text() == before


def test_every_migration_can_be_taken_back_and_none_takes_data_away():
    # A server goes on with the program of yesterday while the tables are those of tomorrow already: what
    # it reads has to stay. Rename or remove in two versions: add the new, and remove the old one later.
    found = [
        f"{name}: {operation.describe()}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        for operation in migration.operations
        if app == "partners"
        and (
            not operation.reversible
            or isinstance(operation, DeleteModel | RemoveField | RenameField | RenameModel)
        )
    ]
    assert found == []
