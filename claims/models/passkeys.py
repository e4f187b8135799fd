"""Passkeys (WebAuthn): the public keys by which somebody's device proves that it is theirs, and what it was asked."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from claims.db import Table


class Passkey(Table):
    """A key that a device or a password manager keeps for its owner. Only the public half is here."""

    __tablename__ = "passkeys"
    __table_args__ = ({"sqlite_autoincrement": True},)  # events name it, also when it is gone

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    """What its owner calls it."""
    credential_id: Mapped[str] = mapped_column(unique=True)
    """Base64url, as browsers write it."""
    public_key: Mapped[str]
    """COSE, in base64url."""
    sign_count: Mapped[int]
    """How often it was used as it says itself; always 0 for those that do not count."""
    transports: Mapped[list[str]] = mapped_column(JSON)
    """How a browser reaches it, such as ``internal`` or ``usb``; it is told them again."""
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Table):
    """What a browser was asked to sign: short-lived, and gone with the first answer."""

    __tablename__ = "passkey_challenges"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    asked_hash: Mapped[str] = mapped_column(unique=True)
    """A keyed hash of what it was asked for and of the secret of the browser that asked: one of each at a time."""
    challenge: Mapped[str]
    """Random, in base64url. No secret: whoever has it must still sign it."""
    expires_at: Mapped[datetime]
