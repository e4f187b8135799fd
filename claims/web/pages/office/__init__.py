"""Pages that the whole back office has in common. A new module adds its blueprint to ``BLUEPRINTS``."""

from claims.web.pages.office import employers, reports, searching

BLUEPRINTS = (
    searching.pages,
    employers.pages,
    reports.pages,
)
