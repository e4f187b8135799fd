"""Letters and the ways they go out. A new way is a class that is a ``Sender``, and a line in ``sender_from``."""

from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from claims.config import NotConfigured
from claims.mail.folder import FolderSender, SentLetter
from claims.mail.letters import Letter, is_address
from claims.mail.notify import API_KEY, UUID, NotifySender
from claims.mail.sending import ReportsBounces, Sender, TryLater, Undeliverable, Unsure
from claims.mail.smtp import Security, SmtpSender

__all__ = [
    "FolderSender",
    "Letter",
    "NotifySender",
    "ReportsBounces",
    "Security",
    "Sender",
    "SentLetter",
    "SmtpSender",
    "TryLater",
    "Undeliverable",
    "Unsure",
    "sender_from",
]

PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}
NOTIFY = {"notify": "https", "notify+http": "http"}
"""What Notify is reached by; in the clear only a stand-in on this machine is."""
_MALFORMED = (
    "CLAIMS_MAIL_URL must be folder:PATH, smtp://host:port, smtp+starttls://user:password@host:port, "
    "smtps://user:password@host:port or notify://api-key@api.notifications.service.gov.uk/template-id."
)


def sender_from(mail_url: str, mail_from: str) -> Sender:
    """The sender of ``Settings``; raises ``NotConfigured``, which never repeats a password.

    ``mail_url``: ``folder:PATH``, ``smtp://host:port``, ``smtp+starttls://user:password@host:port`` or ``smtps://``
    the same; user and password percent-encoded; ports 25, 587 and 465 unless given. For GOV.UK Notify:
    ``notify://api-key@api.notifications.service.gov.uk/template-id``. ``mail_from``: an address, or ``Name <address>``;
    Notify has its own.
    """
    if not mail_from.isprintable() or not is_address(parseaddr(mail_from)[1]):
        raise NotConfigured("CLAIMS_MAIL_FROM must be an email address, or a name and <an address>.")
    scheme, _, rest = mail_url.partition(":")
    if scheme == "folder" and rest:
        return FolderSender(rest, mail_from)
    if scheme in NOTIFY:
        return _notify(mail_url)
    try:
        parts, security = urlsplit(mail_url), Security(scheme)
        port = parts.port or PORTS[security]
    except ValueError:
        raise NotConfigured(_MALFORMED) from None
    if not parts.hostname or _says_more_than_a_host(parts):
        raise NotConfigured(_MALFORMED)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise NotConfigured("CLAIMS_MAIL_URL must have both a user and a password, or neither.")
    if user and security is Security.NONE:
        raise NotConfigured("CLAIMS_MAIL_URL would send a password in the clear: use smtp+starttls or smtps.")
    return SmtpSender(parts.hostname, port, mail_from, security, user, password)


def _notify(mail_url: str) -> NotifySender:
    try:
        parts = urlsplit(mail_url)
        address = f"{NOTIFY[parts.scheme]}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        raise NotConfigured(_MALFORMED) from None
    key, template_id = unquote(parts.username or ""), parts.path.strip("/")
    if not parts.hostname or not API_KEY.fullmatch(key) or not UUID.fullmatch(template_id):
        raise NotConfigured(_MALFORMED)
    if parts.scheme != "notify" and parts.hostname != "127.0.0.1":
        raise NotConfigured("CLAIMS_MAIL_URL would send the key in the clear: use notify.")
    return NotifySender(key, template_id, address)


def _says_more_than_a_host(parts: SplitResult) -> bool:
    return bool(parts.path.strip("/") or parts.query or parts.fragment)
