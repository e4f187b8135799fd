"""Settings, read once from the environment. Nothing here has an unsafe default."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


class NotConfigured(Exception):
    """A setting that the service cannot run without is missing or malformed."""


def data_folder(name: str) -> Path:
    """``reference`` or ``migrations``: inside an installed package, beside the code in a checkout.

    ``CLAIMS_REFERENCE_FOLDER`` names another folder with reference data: a new scheme year needs no new release.
    """
    if name == "reference" and (given := os.environ.get("CLAIMS_REFERENCE_FOLDER")):
        return Path(given)
    installed = PACKAGE / "_data" / name
    return installed if installed.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation is set up. Made by ``from_environment``, by the demonstration and by tests."""

    database_url: str
    """An SQLAlchemy address: ``sqlite:///...`` or ``postgresql+psycopg://...``."""
    secret_key: str
    """Signs sessions and form tokens."""
    encryption_keys: str
    """``id:base64`` pairs of 32-byte AES keys, comma-separated; the first one encrypts, all decrypt."""
    hash_key: str
    """Base64 of at least 32 bytes: the HMAC key for equality of encrypted values, codes and samples."""
    evidence_url: str
    """Where evidence is kept: a folder or any address fsspec knows."""
    mail_url: str
    """``folder:PATH``, ``smtp://host:port`` or ``smtps://user:password@host:port`` (``smtp+starttls`` too), ``notify://KEY@host/TEMPLATE-ID``."""
    mail_from: str
    base_url: str
    """The public address of the service, without a closing slash, for links in messages."""
    demonstration: bool = False
    """Says so on every page, shows outgoing messages on a page, allows cookies without TLS."""
    virus_scanner: str = ""
    """``host:port`` of a clamd; blank when there is none."""
    proxies: int = 0
    """How many proxies of our own each request passes: so many last entries of ``X-Forwarded-For`` are believed."""


def from_environment() -> Settings:
    """The settings in ``CLAIMS_*`` variables.

    Raises ``NotConfigured`` naming every missing variable at once, and for a number of proxies that is none.
    """
    needed = (
        "DATABASE_URL",
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "HASH_KEY",
        "EVIDENCE_URL",
        "MAIL_URL",
        "MAIL_FROM",
        "BASE_URL",
    )
    proxies = os.environ.get("CLAIMS_PROXIES") or "0"
    if not re.fullmatch(r"[0-9]", proxies):
        raise NotConfigured("CLAIMS_PROXIES must be the number of your own proxies before the service, 0 to 9.")
    missing = [f"CLAIMS_{name}" for name in needed if not os.environ.get(f"CLAIMS_{name}")]
    if missing:
        raise NotConfigured(f"Set {', '.join(missing)} (see docs/runbooks/set-up.md), or try `claims demo`.")
    values = {name.lower(): os.environ[f"CLAIMS_{name}"] for name in needed}
    values["base_url"] = values["base_url"].rstrip("/")
    return Settings(
        **values,
        demonstration=os.environ.get("CLAIMS_DEMONSTRATION") == "yes",
        virus_scanner=os.environ.get("CLAIMS_VIRUS_SCANNER", ""),
        proxies=int(proxies),
    )
