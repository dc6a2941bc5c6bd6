from .agreement import Agreement
from .city import City
from .cooperation_field import CooperationField
from .page import Page

__all__ = ["Agreement", "City", "CooperationField", "Page"]
