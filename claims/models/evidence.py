"""Evidence: which stored file belongs to which purchase or claim."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table
from claims.models.kinds import one_of


class Evidence(Table):
    """One file: payment evidence of a purchase, or the certificate of a claim. The bytes are stored by hash."""

    __tablename__ = "evidence"
    __table_args__ = (
        one_of("kind", ("payment", "certificate")),
        CheckConstraint("(kind = 'certificate') = (claim_id IS NOT NULL)", name="certificate_has_a_claim"),
        Index("ix_evidence_purchase_id", "purchase_id"),
        Index("ix_evidence_claim_id", "claim_id"),
        Index("ix_evidence_employer_id", "employer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))
    kind: Mapped[str]
    name: Mapped[str]
    """The file's name as the person had it; for showing only."""
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    removed_at: Mapped[datetime | None]
