"""A claims service for the Learning and Development Support Scheme of adult social care in England."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from claims.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The web application; ``settings`` come from the environment unless given."""
    # The rules and `claims assess` must load without Flask.
    from claims.web.app import build

    return build(settings)
