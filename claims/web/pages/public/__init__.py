"""Pages for anybody: what may be claimed, and the ways in. A new module adds its blueprint to ``BLUEPRINTS``."""

from claims.web.pages.public import (
    checker,
    courses,
    demonstration,
    health,
    invitations,
    pathway,
    programs,
    registering,
    signing_in,
    start,
)

BLUEPRINTS = (
    start.pages,
    checker.pages,
    courses.pages,
    pathway.pages,
    signing_in.pages,
    registering.pages,
    invitations.pages,
    programs.pages,
    demonstration.pages,
    health.pages,
)
