"""Letters through GOV.UK Notify, which can be asked by our reference what it took, and says what bounced."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from claims.mail.letters import Letter
from claims.mail.sending import Giving, TryLater, Undeliverable, unheeded

NEVER_LEFT = "technical-failure"
"""Notify's word for a message that it took and could not send: it may be sent again."""
BOUNCED = "permanent-failure"
UNSUBSCRIBE = "List-Unsubscribe"
API_KEY = re.compile(r".+-[0-9a-f-]{36}-[0-9a-f-]{36}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class NotifySender:
    """A service of GOV.UK Notify with one template, whose subject is ``((subject))`` and whose message ``((body))``."""

    api_key: str = field(repr=False)
    template_id: str
    base_url: str
    seconds: float = 20

    def send(self, letter: Letter, giving: Giving = unheeded) -> None:  # noqa: ARG002 - it can be asked
        """Return once Notify has taken the letter; raises ``Undeliverable`` or ``TryLater``."""
        stop = next((value.strip("<>") for name, value in letter.headers if name == UNSUBSCRIBE), None)
        try:
            self._client().send_email_notification(
                email_address=letter.to_address,
                template_id=self.template_id,
                personalisation={"subject": letter.subject, "body": letter.text},
                reference=letter.reference,
                one_click_unsubscribe_url=stop,
            )
        except APIError as fault:
            raise _refusal(fault) from None

    def already_sent(self, reference: str) -> bool:
        """Whether Notify took a letter with this reference. Raises ``TryLater`` when it cannot be asked now."""
        try:
            found = self._client().get_all_notifications(template_type="email", reference=reference)
        except APIError as fault:
            raise TryLater(f"GOV.UK Notify could not be asked ({fault.status_code})") from None
        return any(each["status"] != NEVER_LEFT for each in found["notifications"])

    def bounced(self) -> Iterator[str]:
        """References of letters that came back, of those that Notify still remembers (seven days)."""
        try:
            for each in self._client().get_all_notifications_iterator(status=BOUNCED, template_type="email"):
                if each["reference"]:
                    yield each["reference"]
        except APIError as fault:
            raise TryLater(f"GOV.UK Notify could not be asked ({fault.status_code})") from None

    def _client(self) -> NotificationsAPIClient:
        """A new one each time: it must not be shared between threads."""
        return NotificationsAPIClient(self.api_key, base_url=self.base_url, timeout=self.seconds)


def _refusal(fault: APIError) -> Undeliverable | TryLater:
    """400 is for good; a key that is not accepted, a limit and a fault of Notify are for now. Repeats no address."""
    said = fault.message if isinstance(fault.message, list) else []
    words = " ".join(str(each.get("message", "")) for each in said if isinstance(each, dict))
    if fault.status_code == 400:
        about_address = words.startswith("email_address")
        what = "the address" if about_address else "the letter"
        return Undeliverable(f"GOV.UK Notify refused {what} (400)", address_refused=about_address)
    return TryLater(f"GOV.UK Notify did not take the letter ({fault.status_code})")
