from .agreement import Agreement
from .city import City
from .cooperation_field import CooperationField
from .digest_subscription import DigestSubscription, SentReminder
from .document import Document
from .edition import Edition
from .former_slug import FormerSlug
from .history import HistoryRow
from .merge import Merge
from .page import Page
from .partnership import PartnershipStatus
from .saved_form import SavedForm
from .second_factor_requirement import SecondFactorRequirement
from .spreadsheet_import import SpreadsheetImport
from .tally import Tally

__all__ = [
    "Agreement",
    "City",
    "CooperationField",
    "DigestSubscription",
    "Document",
    "Edition",
    "FormerSlug",
    "HistoryRow",
    "Merge",
    "Page",
    "PartnershipStatus",
    "SavedForm",
    "SecondFactorRequirement",
    "SentReminder",
    "SpreadsheetImport",
    "Tally",
]
