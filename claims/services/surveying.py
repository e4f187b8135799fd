"""Survey an employer's workforce: who stands where on the pathway, who lacks the certificate, what that would cost."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.models import Learner
from claims.rules.facts import Engagement
from claims.rules.findings import Says
from claims.rules.scheme import CourseEntry, Reference, RoleCategory
from claims.services.foreseeing import Known, foresee
from claims.store.role_categories import (
    categories_needing_certificate,
    certificate_codes,
    certificate_maximum,
    place_of,
)
from claims.store.training import funded_or_under_way

ABOUT_THE_PERSON = "learner-"
"""Rules with this beginning say whether somebody may be claimed for at all."""


@dataclass(slots=True)
class Group:
    """The learners of one role category who work for the employer today."""

    category: RoleCategory | None
    """``None``: the job role suggests none, and none was chosen."""
    needs_certificate: bool
    learners: int = 0
    funded: int = 0
    """Hold the certificate, and its completion was granted funding here."""
    told: int = 0
    """Hold it as the employer says."""
    under_way: list[tuple[int, str]] = field(default_factory=list)
    """Ids and names of those who do not hold it yet and have a claim for it; by name."""
    without: list[tuple[int, str]] = field(default_factory=list)
    """Ids and names of those who do not hold it, or of whom nobody said so, and have no claim for it; by name."""
    fundable: int = 0
    """Of those without: who may be claimed for, as far as their details say."""

    @property
    def certified(self) -> int:
        return self.funded + self.told

    @property
    def gap(self) -> int:
        return len(self.without) if self.needs_certificate else 0


@dataclass(frozen=True, slots=True)
class Workforce:
    """Groups in the order of the pathway, those without a category last; only groups with somebody in them."""

    groups: tuple[Group, ...]
    certificate: CourseEntry | None
    """With the highest amount on the list today."""

    @property
    def learners(self) -> int:
        return sum(group.learners for group in self.groups)

    @property
    def under_way(self) -> int:
        return sum(len(group.under_way) for group in self.groups)

    @property
    def gap(self) -> int:
        return sum(group.gap for group in self.groups)

    def cost_pence(self, group: Group) -> int:
        """What closing the gap would cost at the maximum that is paid back for each: an estimate."""
        return group.gap * self._maximum

    def back_pence(self, group: Group) -> int:
        """What would come back of that, for those who may be claimed for."""
        return (group.fundable if group.needs_certificate else 0) * self._maximum

    @property
    def _maximum(self) -> int:
        return self.certificate.max_reimbursement_pence if self.certificate else 0


def survey_workforce(
    session: Session, employer_id: int, reference: Reference, today: date, service_id: int | None = None
) -> Workforce:
    """Of everybody who works for the employer today, or in one service."""
    learners = session.scalars(
        select(Learner)
        .where(
            Learner.employer_id == employer_id,
            Learner.personal_data_removed_at.is_(None),
            Learner.employed_from <= today,
            Learner.left_on.is_(None) | (Learner.left_on >= today),
            *([Learner.service_id == service_id] if service_id is not None else []),
        )
        .order_by(Learner.last_name, Learner.first_name, Learner.id)
    ).all()
    funded, under_way = funded_or_under_way(session, employer_id, certificate_codes(reference))
    certificate = certificate_maximum(reference, today)
    needing = categories_needing_certificate(reference)
    groups = {
        slug: Group(category, slug in needing)
        for slug, category in sorted(reference.role_categories.items(), key=lambda item: item[1].position)
    }
    nowhere = Group(None, needs_certificate=False)
    judged: dict[tuple[str, str, bool, bool], bool] = {}
    for learner in learners:
        category = place_of(reference, learner, today).category
        group = groups[category.slug] if category else nowhere
        group.learners += 1
        if learner.id in funded:
            group.funded += 1
        elif learner.certified:
            group.told += 1
        elif learner.id in under_way:
            group.under_way.append((learner.id, learner.name))
        else:
            group.without.append((learner.id, learner.name))
            key = (
                learner.job_role,
                learner.engagement,
                learner.post_requires_registration,
                learner.works_in_england,
            )
            if key not in judged:
                judged[key] = _may_be_claimed_for(session, reference, learner, certificate, today)
            group.fundable += judged[key]
    there = [group for group in (*groups.values(), nowhere) if group.learners]
    return Workforce(tuple(there), certificate)


def _may_be_claimed_for(
    session: Session, reference: Reference, learner: Learner, certificate: CourseEntry | None, today: date
) -> bool:
    """Whether no rule about the person speaks against it."""
    known = Known(
        course=certificate.code if certificate else None,
        job_role=learner.job_role,
        engagement=Engagement(learner.engagement),
        post_requires_registration=learner.post_requires_registration,
        paid_on=today,
    )
    failed = foresee(session, reference, known, today).assessment.findings_that(Says.FAIL)
    return learner.works_in_england and not any(each.rule.startswith(ABOUT_THE_PERSON) for each in failed)
