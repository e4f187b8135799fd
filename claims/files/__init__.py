"""Evidence: what may be uploaded, where it is kept, how it is scanned, and specimens to show it all with."""

from claims.files.checks import Accepted, Limits, Refused, check_evidence
from claims.files.scanning import Scanner, scanner_from
from claims.files.storage import EvidenceDamaged, EvidenceMissing, EvidenceStore

__all__ = [
    "Accepted",
    "EvidenceDamaged",
    "EvidenceMissing",
    "EvidenceStore",
    "Limits",
    "Refused",
    "Scanner",
    "check_evidence",
    "scanner_from",
]
