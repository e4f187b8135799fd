"""Hartley House's claims on a running site, and the back office's people in their browsers."""

from tests.site import Site
from tests.stage import Stage


def stage_of(site: Site) -> Stage:
    """The site's database as a stage, with the site's own cast."""
    return Stage(site.database, site.house, site.meadow, site.office)
