"""The links under the header, by role. A page module adds its own line here."""

from dataclasses import dataclass

from flask import request, url_for

from claims.lifecycle import ASSESSING_ROLES, EMPLOYER_ROLES, Actor, Role


@dataclass(frozen=True, slots=True)
class Place:
    """One link: its words, where it leads, and who sees it."""

    words: str
    endpoint: str
    who: frozenset[Role | None]
    """``None`` stands for somebody who is not signed in."""
    also: tuple[str, ...] = ()
    """The blueprints, besides its own, whose pages belong to it."""

    def holds(self, blueprint: str | None) -> bool:
        """Whether the pages of ``blueprint`` belong to this place."""
        return blueprint in (self.endpoint.partition(".")[0], *self.also)


NOBODY: frozenset[Role | None] = frozenset({None})
PAYING_ROLES = frozenset({Role.FINANCE, Role.AUDITOR})
SIGNED_IN = frozenset(role for role in Role if role is not Role.SYSTEM)
REPORT_ROLES = frozenset({Role.FINANCE, Role.LEAD_ASSESSOR, Role.ADMINISTRATOR, Role.AUDITOR})
LISTING_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})

PLACES: tuple[Place, ...] = (
    Place("Check what you can claim", "checker.questions", NOBODY),
    Place("Courses", "courses.browse", NOBODY),
    Place("Pathway", "pathway.overview", NOBODY),
    Place("Register", "registering.ask", NOBODY),
    Place("Home", "employer_home.home", EMPLOYER_ROLES),
    Place("Claims", "employer_claims.claims", EMPLOYER_ROLES, ("employer_claim",)),
    Place("New purchase", "employer_purchases.new", EMPLOYER_ROLES),
    Place("Learners", "employer_learners.learners", EMPLOYER_ROLES),
    Place("Payments", "employer_payments.payments", EMPLOYER_ROLES),
    Place("Organisation", "employer_organisation.organisation", EMPLOYER_ROLES),
    Place("Search", "searching.search", ASSESSING_ROLES | PAYING_ROLES),
    Place("Claims to assess", "assessor.queue", ASSESSING_ROLES | {Role.AUDITOR}),
    Place("Quality sample", "sample.waiting", frozenset({Role.LEAD_ASSESSOR, Role.AUDITOR})),
    Place("Tasks for leads", "lead_tasks.tasks", frozenset({Role.LEAD_ASSESSOR, Role.AUDITOR})),
    Place("Standard notes", "standard_notes.all_notes", frozenset({Role.LEAD_ASSESSOR, *LISTING_ROLES})),
    Place("Bank details", "bank_accounts.waiting", frozenset({Role.LEAD_ASSESSOR})),
    Place("Registrations", "registrations.waiting", ASSESSING_ROLES | {Role.AUDITOR}),
    Place("Employers", "employers.search", ASSESSING_ROLES | PAYING_ROLES),
    Place("Ready to pay", "finance.ready", PAYING_ROLES),
    Place("Payment runs", "finance_runs.all_runs", PAYING_ROLES),
    Place("Recoveries", "recoveries.all_recoveries", PAYING_ROLES | {Role.LEAD_ASSESSOR}),
    Place("Claims register", "finance_register.register", PAYING_ROLES),
    Place("Year end", "year_end.year_end", PAYING_ROLES),
    Place("Reports", "reports.reports", REPORT_ROLES),
    Place("Course lists", "course_lists.all_versions", LISTING_ROLES, ("course_list_proposals",)),
    Place("Pathway links", "pathway_links.overview", LISTING_ROLES),
    Place("Scheme years", "scheme_years.years", LISTING_ROLES),
    Place("Jobs", "jobs.jobs", LISTING_ROLES),
    Place("People", "people.everybody", LISTING_ROLES),
    Place("Audit", "audit.events", LISTING_ROLES),
    Place("Retention", "retention.due", LISTING_ROLES),
    Place("Notifications", "notifications.notifications", SIGNED_IN),
    Place("Your account", "account.account", SIGNED_IN),
)
"""In the order in which they are shown. A test opens each of them."""


def places_for(who: Actor | None) -> list[dict[str, object]]:
    """The navigation as the service navigation component takes it."""
    return [
        {
            "text": place.words,
            "href": url_for(place.endpoint),
            "current": request.endpoint == place.endpoint,
            "active": place.holds(request.blueprint),
        }
        for place in PLACES
        if (who.role if who else None) in place.who
    ]
