from .register import (
    SPREADSHEETS,
    AgreementResource,
    CityResource,
    CooperationFieldResource,
    RegisterResource,
    resource_for,
)

__all__ = [
    "SPREADSHEETS",
    "AgreementResource",
    "CityResource",
    "CooperationFieldResource",
    "RegisterResource",
    "resource_for",
]
