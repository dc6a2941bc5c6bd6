import pytest
from django.core.management import call_command

from partners.models import Agreement, City, CooperationField, Page


def dump(tmp_path, name):
    path = tmp_path / name
    call_command(
        "dumpdata",
        "partners",
        exclude=["partners.edition"],  # every write makes a new one
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
