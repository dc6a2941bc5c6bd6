"""What every public page shows round its content."""

from django.utils.functional import SimpleLazyObject

from .models import Page


def pages(request):
    """The editable texts by their place, in ``pages``; read only by templates that show them."""
    return {"pages": SimpleLazyObject(lambda: {page.place: page for page in Page.objects.all()})}
