"""Files that were uploaded and belong to nobody yet: they wait, sealed, in the page that asks whose they are."""

from flask import current_app, url_for
from itsdangerous import URLSafeTimedSerializer

from claims.services.evidencing import KeptFile
from claims.web.pages.employer.own import employer_id

KEPT_SECONDS = 3600


class Elsewhere(Exception):
    """The file was uploaded for another purchase, or by another employer."""


def seal(purchase_id: int, file: KeptFile) -> str:
    """What stands for the file in a form of this purchase of the employer acted for."""
    told = [employer_id(), purchase_id, file.name, file.media_type, file.size_bytes, file.sha256]
    return _sealing("unplaced certificate").dumps(told)


def unseal(purchase_id: int, sealed: str) -> KeptFile:
    """Raises ``Elsewhere``, and ``itsdangerous.BadData`` for what was made up or has waited for an hour."""
    whose, where, name, media_type, size_bytes, sha256 = _sealing("unplaced certificate").loads(sealed, KEPT_SECONDS)
    if (whose, where) != (employer_id(), purchase_id):
        raise Elsewhere
    return KeptFile(name, media_type, size_bytes, sha256)


def address_of(purchase_id: int, number: int, file: KeptFile) -> str:
    """Where the file can be opened, as the ``number``-th that waits."""
    return url_for(
        "employer_certificates.open_unplaced",
        purchase_id=purchase_id,
        sealed=seal_nameless(employer_id(), purchase_id, number, file),
    )


def seal_nameless(whose: int, purchase_id: int, number: int, file: KeptFile) -> str:
    """What stands for the file in an address. A name may be a person's, and addresses get about."""
    told = [whose, purchase_id, number, file.media_type, file.size_bytes, file.sha256]
    return _sealing("unplaced certificate to open").dumps(told)


def unseal_nameless(purchase_id: int, sealed: str) -> KeptFile:
    """The file under a name of its number. Raises as ``unseal`` does."""
    told = _sealing("unplaced certificate to open").loads(sealed, KEPT_SECONDS)
    whose, where, number, media_type, size_bytes, sha256 = told
    if (whose, where) != (employer_id(), purchase_id):
        raise Elsewhere
    return KeptFile(f"file {number}.{media_type.rpartition('/')[2]}", media_type, size_bytes, sha256)


def _sealing(salt: str) -> URLSafeTimedSerializer:
    """Signed, so that nobody can name a file of somebody else's."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=salt)
