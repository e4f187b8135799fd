"""Finance's pages. A new module adds its blueprint to ``BLUEPRINTS``."""

from claims.web.pages.finance import ready, recoveries, register, runs, year_end

BLUEPRINTS = (
    ready.pages,
    runs.pages,
    year_end.pages,
    register.pages,
    recoveries.pages,
)
