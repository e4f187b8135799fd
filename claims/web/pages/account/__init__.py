"""Pages for whoever is signed in. A new module adds its blueprint to ``BLUEPRINTS``."""

from claims.web.pages.account import account, confirmation, notifications, passkeys

BLUEPRINTS = (
    account.pages,
    confirmation.pages,
    passkeys.pages,
    notifications.pages,
)
