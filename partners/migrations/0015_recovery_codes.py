from django.db import migrations
from django.db.models.functions import Length

from partners.accounts.recovery_codes import LENGTH, kept


def keep_digests(apps, schema_editor):
    """Recovery codes stood in the clear; those that were handed out go on working."""
    codes = apps.get_model("otp_static", "StaticToken").objects.using(schema_editor.connection.alias)
    for code in codes.alias(length=Length("token")).filter(length__lt=LENGTH).select_related("device"):
        code.token = kept(code.token, code.device.user_id)
        code.save(update_fields=["token"])


class Migration(migrations.Migration):

    dependencies = [
        ("otp_static", "0003_add_timestamps"),
        ("partners", "0014_tally_indexes"),
    ]

    operations = [
        # Nobody can take it back: the program before this one knows none of the codes, and makes new ones.
        migrations.RunPython(keep_digests, migrations.RunPython.noop),
    ]
