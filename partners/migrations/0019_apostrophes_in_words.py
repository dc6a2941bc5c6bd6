from django.db import migrations

AT_A_TIME = 1000


def derive_search_texts(apps, schema_editor):
    """An apostrophe inside a word does not part it any more: “Xi’an” is found by “Xian” too."""
    alias = schema_editor.connection.alias
    for name in ("City", "CooperationField", "Agreement"):
        model = apps.get_model("partners", name)
        field = model._meta.get_field("search_text")
        records = model.objects.using(alias).order_by("pk").only("search_text", *field.sources)
        changed = []
        for record in records.iterator(AT_A_TIME):
            text = field.derive([getattr(record, source) or "" for source in field.sources])
            if text != record.search_text:
                record.search_text = text
                changed.append(record)
        model.objects.using(alias).bulk_update(changed, ["search_text"], AT_A_TIME)


class Migration(migrations.Migration):

    dependencies = [
        ("partners", "0018_saved_form"),
    ]

    operations = [
        # The program before this one finds the same by these words, and writes its own when a record is saved.
        migrations.RunPython(derive_search_texts, migrations.RunPython.noop),
    ]
