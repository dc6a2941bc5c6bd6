"""What every public page shows round its content."""

from django.utils.functional import SimpleLazyObject

from .editions import same_on_every_page
from .models import Page


@same_on_every_page
def texts():
    return {page.place: page for page in Page.objects.all()}


def pages(request):
    """The editable texts by their place, in ``pages``; read only by templates that show them."""
    return {"pages": SimpleLazyObject(texts)}
