"""The Visma.net ERP client: typed, sparing with calls, and posting each document exactly once."""

from ml_connector.store.ledger import BusinessKey, PostingLedger, PostingRecord, PostingState
from ml_connector.visma.client import VismaClient
from ml_connector.visma.ping import check
from ml_connector.visma.posting import Posted, Posting, post
from ml_connector.visma.reference_data import ReferenceData
from ml_connector.visma.settings import VismaCredentials, VismaSettings

__all__ = [
    "BusinessKey",
    "Posted",
    "Posting",
    "PostingLedger",
    "PostingRecord",
    "PostingState",
    "ReferenceData",
    "VismaClient",
    "VismaCredentials",
    "VismaSettings",
    "check",
    "post",
]
