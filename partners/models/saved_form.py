from django.db import models


class SavedForm(models.Model):
    """A form for a new record that was saved, so that the same form is not saved again.

    `record` is the primary key of what was saved, or None while that is being done.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    record = models.PositiveBigIntegerField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.digest
