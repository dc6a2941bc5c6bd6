"""The exchange format: a spreadsheet each for partners, agreements and fields of cooperation."""

from ..models import Agreement, City, CooperationField
from .agreement import AgreementResource
from .city import CityResource
from .cooperation_field import CooperationFieldResource
from .record import CHUNK

__all__ = [
    "CHUNK",
    "SPREADSHEETS",
    "AgreementResource",
    "CityResource",
    "CooperationFieldResource",
    "resource_for",
]

# What the three spreadsheets are called where they have to be named, as in a command.
SPREADSHEETS = {"partners": City, "agreements": Agreement, "fields": CooperationField}


def resource_for(model):
    """The spreadsheet that holds the records of `model`."""
    return {City: CityResource, Agreement: AgreementResource, CooperationField: CooperationFieldResource}[
        model
    ]()
