"""No migration stops a site that runs, or takes data away, without a reason that is written down here.

A server goes on with the program of yesterday while the tables are those of tomorrow already: what it reads has
to stay, and what it writes has to be taken. Rename or remove in two versions: add the new, and remove the old
one later.

No rule is against an index that is made without CONCURRENTLY, or a constraint that is checked at once: whoever
saves waits while the table is read, a fifth of a second for 100,000 agreements, ten times what a country has.
Made concurrently, they would stay half-made where a migration fails, and SQLite could not make them at all.
"""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.fields import NOT_PROVIDED

NO_VERSION_BEFORE = "No version was delivered before that could go on writing."
REASONS = {
    ("0003_changes_and_former_slugs", "asks for a value"): NO_VERSION_BEFORE,
    ("0005_pages_history_and_translations", "asks for a value"): NO_VERSION_BEFORE,
    (
        "0008_roles",
        "is not taken back",
    ): "What was withdrawn still lacks its Latvian; it is named, and may be published by hand.",
    (
        "0015_recovery_codes",
        "is not taken back",
    ): "A digest tells nobody the code. Whoever goes back makes new codes; going forward again, the old ones hold.",
    (
        "0019_apostrophes_in_words",
        "is not taken back",
    ): "The program before finds the same by these words, and writes its own when a record is saved.",
}


def asks_for_a_value(operation, state):
    """Rows of yesterday's program come without the new column: it is null then, or the database fills it."""
    return (
        isinstance(operation, migrations.AddField)
        and not (operation.field.null or operation.field.many_to_many)
        and operation.field.db_default is NOT_PROVIDED
    )


def takes_away(operation, state):
    return isinstance(operation, migrations.RemoveField | migrations.DeleteModel)


def renames(operation, state):
    return isinstance(operation, migrations.RenameField | migrations.RenameModel | migrations.AlterModelTable)


def narrows(operation, state):
    """What a column holds already, or is given by yesterday's program, may not fit."""
    if not isinstance(operation, migrations.AlterField):
        return False
    old, new = state.models["partners", operation.model_name_lower].fields[operation.name], operation.field
    return (
        (old.null and not new.null)
        or (new.max_length or float("inf")) < (old.max_length or float("inf"))
        or (not old.unique and new.unique)
        or old.get_internal_type() != new.get_internal_type()
    )


def is_not_taken_back(operation, state):
    noop = migrations.RunPython.noop, migrations.RunSQL.noop
    back = getattr(operation, "reverse_code", getattr(operation, "reverse_sql", None))
    return not operation.reversible or back in noop


RULES = {
    "asks for a value": asks_for_a_value,
    "takes away": takes_away,
    "renames": renames,
    "narrows": narrows,
    "is not taken back": is_not_taken_back,
}


def broken_rules(migration, state):
    """The rules that `migration` breaks, where the tables are those of `state`."""
    made = set()
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        # Of what it has made itself, nobody has a row yet.
        elif getattr(operation, "model_name_lower", "") not in made:
            for done in getattr(operation, "database_operations", [operation]):
                yield from (name for name, breaks in RULES.items() if breaks(done, state))
        operation.state_forwards("partners", state)
    if not migration.atomic:
        yield "stops half-way"


def test_migrations_break_no_rule_but_for_the_reasons_given():
    loader = MigrationLoader(None)
    (last,) = loader.graph.leaf_nodes("partners")
    broken = {
        (name, rule)
        for app, name in loader.graph.forwards_plan(last)
        if app == "partners"
        for rule in broken_rules(loader.disk_migrations[app, name], before(loader, name))
    }
    assert broken == REASONS.keys()


def before(loader, name):
    return loader.project_state(("partners", name), at_end=False)


TEXT = models.CharField(max_length=20)
BAD = [
    ("asks for a value", migrations.AddField("city", "motto", TEXT)),
    (
        "asks for a value",
        migrations.AddField("city", "motto", models.CharField(max_length=20, default="none")),
    ),
    ("asks for a value", migrations.AddField("city", "motto", TEXT, preserve_default=False)),
    ("takes away", migrations.RemoveField("city", "name")),
    ("takes away", migrations.DeleteModel("City")),
    ("renames", migrations.RenameField("city", "name", "title")),
    ("renames", migrations.RenameModel("City", "Partner")),
    ("renames", migrations.AlterModelTable("city", "partners")),
    ("narrows", migrations.AlterField("city", "name", models.CharField(max_length=20))),
    ("narrows", migrations.AlterField("city", "name", models.CharField(max_length=19, null=True))),
    (
        "narrows",
        migrations.AlterField("city", "name", models.CharField(max_length=20, null=True, unique=True)),
    ),
    ("narrows", migrations.AlterField("city", "name", models.IntegerField(null=True))),
    ("is not taken back", migrations.RunPython(lambda apps, schema_editor: None)),
    ("is not taken back", migrations.RunPython(lambda apps, schema_editor: None, migrations.RunPython.noop)),
    ("is not taken back", migrations.RunSQL("UPDATE partners_city SET name = ''")),
    ("is not taken back", migrations.RunSQL("UPDATE partners_city SET name = ''", migrations.RunSQL.noop)),
    ("takes away", migrations.SeparateDatabaseAndState([migrations.RemoveField("city", "name")])),
]
GOOD = [
    migrations.AddField("city", "motto", models.CharField(max_length=20, null=True)),
    migrations.AddField("city", "motto", models.CharField(max_length=20, db_default="")),
    migrations.AddField("city", "twins", models.ManyToManyField("partners.city")),
    migrations.AlterField("city", "name", models.CharField("called", max_length=30, null=True)),
    migrations.AddIndex("city", models.Index(fields=["name"], name="partners_city_name")),
    migrations.RunSQL("CREATE VIEW a AS SELECT 1", "DROP VIEW a"),
    migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("city", "name")]),
]


def migration_of(*operations, **attributes):
    made = {"operations": operations, "atomic": True, **attributes}
    return type("Migration", (migrations.Migration,), made)("0099_bad", "partners")


def register_of_old():
    """A table with rows."""
    state = ProjectState()
    name = models.CharField(max_length=20, null=True)
    state.add_model(
        ModelState("partners", "City", [("id", models.BigAutoField(primary_key=True)), ("name", name)])
    )
    return state


@pytest.mark.parametrize(("rule", "operation"), BAD)
def test_bad_example_is_found_and_by_its_rule_alone(rule, operation):
    assert list(broken_rules(migration_of(operation), register_of_old())) == [rule]


def test_every_rule_has_a_bad_example():
    assert {rule for rule, _operation in BAD} == RULES.keys()


def test_migration_that_may_stop_half_way_is_found():
    assert list(broken_rules(migration_of(atomic=False), register_of_old())) == ["stops half-way"]


@pytest.mark.parametrize("operation", GOOD)
def test_good_example_is_left_alone(operation):
    assert list(broken_rules(migration_of(operation), register_of_old())) == []


def test_table_that_a_migration_makes_itself_may_be_completed_by_it():
    id_alone = [("id", models.BigAutoField(primary_key=True))]
    made = migration_of(
        migrations.CreateModel("Treaty", id_alone), migrations.AddField("treaty", "name", TEXT)
    )
    assert list(broken_rules(made, register_of_old())) == []
