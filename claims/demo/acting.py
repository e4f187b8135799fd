"""What people do in the demonstration's story: an employer claims, an assessor decides."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from claims.clock import london_date
from claims.decisions import Answer
from claims.demo import cast
from claims.files import EvidenceStore
from claims.files.scanning import NoScanner
from claims.files.specimens import specimen_pdf
from claims.lifecycle import Actor, State
from claims.models import Claim, Learner, Purchase
from claims.secrets import Keyring
from claims.services import (
    answering,
    assessing,
    checking,
    claiming,
    enrolling,
    evidencing,
    holding,
    purchasing,
    sampling,
)
from claims.services.purchasing import Details
from claims.store.claims import claims_in, completion_of
from claims.store.reference import listed_on
from claims.store.sampling import waiting_sample_of


class DoesNotFit(Exception):
    """The story and the rules no longer agree: one of them was changed."""


@dataclass(frozen=True, slots=True)
class Claiming:
    """One employer's side of the story."""

    session: Session
    keyring: Keyring
    store: EvidenceStore
    house: cast.House
    provider: str

    def buy(
        self,
        on: datetime,
        course: str,
        *names: str,
        paid_on: date,
        started_on: date,
        cost_pence: int,
        claimed_as: str = "full",
        planned_end_on: date | None = None,
        completed_on: date | None = None,
        certified: bool = True,
    ) -> Purchase:
        """A purchase with its invoice and a draft for each learner, with certificates for those who completed."""
        by = self.house.submitter
        purchase = purchasing.start_purchase(self.session, self.house.employer_id, course, by, on)
        number = f"INV-{purchase.id:04}"
        told: Details = {
            "provider": self.provider,
            "invoice_reference": number,
            "by_plan": False,
            "paid_on": paid_on,
            "cost_pence": cost_pence,
            "people_covered": 1,
            "other_funding_pence": 0,
            "apprenticeship": False,
            "claimed_as": claimed_as,
            "started_on": started_on,
            "planned_end_on": planned_end_on,
        }
        purchasing.change_purchase(self.session, purchase, told, by, on)
        title = self._title_of(course, on)
        invoice = [self.provider, "", f"For {title}", *(f"    {name}: {_pounds(cost_pence)}" for name in names)]
        invoice += [f"Total {_pounds(cost_pence * len(names))}", f"Paid in full on {paid_on:%d %B %Y}, with thanks."]
        kept = self._keep(f"invoice-{number}.pdf", specimen_pdf(f"Invoice {number}", invoice), on)
        evidencing.add_payment_evidence(self.session, purchase, kept, by, on)
        for name in names:
            learner = self.session.get_one(Learner, self.house.learners[name])
            claim = enrolling.enrol(self.session, purchase, learner, by, on)
            if completed_on is not None:
                self._tell_completion(claim, completed_on, on, certified=certified)
        return purchase

    def submit(self, on: datetime, purchase: Purchase) -> None:
        """Submit every draft of the purchase. Raises ``DoesNotFit`` when the story no longer fits the rules."""
        chosen = {claim.id: claim.changes for claim in claims_in(self.session, purchase)}
        done = claiming.submit(
            self.session,
            self.keyring,
            purchase,
            chosen,
            declared=True,
            token=f"story-{purchase.id}",
            leads_to="/claims",
            by=self.house.submitter,
            at=on,
        )
        if done.held_back:
            raise DoesNotFit(f"The story does not fit the rules: {done.held_back}")

    def complete(self, on: datetime, purchase: Purchase, name: str, completed_on: date) -> None:
        """Tell when a learner completed whose start claim was approved, with their certificate."""
        start = next(claim for claim in claims_in(self.session, purchase) if claim.learner.name == name)
        completion = completion_of(self.session, start)
        if completion is None:
            raise DoesNotFit(f"{name} has no completion claim.")
        self._tell_completion(completion, completed_on, on, certified=True)

    def _tell_completion(self, claim: Claim, completed_on: date, on: datetime, *, certified: bool) -> None:
        by = self.house.submitter
        answering.tell_dates(self.session, claim, started_on=claim.started_on, completed_on=completed_on, by=by, at=on)
        if not certified:
            return
        name = claim.learner.name
        lines = ["This is to certify that", "", name, "", "has completed", self._title_of(claim.course_code, on), ""]
        lines += [f"on {completed_on:%d %B %Y}", "", self.provider]
        slug = name.lower().replace(" ", "-")
        kept = self._keep(f"certificate-{slug}.pdf", specimen_pdf("Certificate of completion", lines), on)
        evidencing.add_certificate(self.session, claim, kept, by, on)

    def _keep(self, name: str, content: bytes, on: datetime) -> evidencing.KeptFile:
        return evidencing.keep_file(self.store, NoScanner(), name, content, london_date(on))

    def _title_of(self, course: str, on: datetime) -> str:
        return listed_on(self.session, london_date(on)).reference.courses[course][-1].title


@dataclass(frozen=True, slots=True)
class Assessing:
    """An assessor's side of the story."""

    session: Session
    keyring: Keyring
    by: Actor
    lead: Actor
    """Who agrees at once to those of its approvals that are in the quality sample."""

    def approve(self, on: datetime, purchase: Purchase, *, cost_pence: int, agreed: bool = True) -> None:
        """Find payment and completion in order, and confirm. Unless ``agreed``, what is in the sample waits there."""
        self._decide(on, purchase, cost_pence, Answer.YES, "")
        if not agreed:
            return
        for claim in claims_in(self.session, purchase):
            if waiting_sample_of(self.session, claim.id) is not None:
                sampling.agree(self.session, claim, self.lead, on)

    def send_back(self, on: datetime, purchase: Purchase, *, cost_pence: int, note: str) -> None:
        """Find the payment in order, but ask about each learner's completion."""
        self._decide(on, purchase, cost_pence, Answer.ACTION_NEEDED, note)

    def _decide(self, on: datetime, purchase: Purchase, cost_pence: int, completion: Answer, note: str) -> None:
        holding.take(self.session, purchase, self.by, on)
        checking.save_payment_check(
            self.session, purchase, self.by, on, answer=Answer.YES, cost_pence=cost_pence, paid_in_full=True
        )
        for claim in claims_in(self.session, purchase):
            if claim.state == State.SUBMITTED:
                checking.save_completion_check(self.session, claim, self.by, on, answer=completion, note=note)
        shown = assessing.work_out(self.session, self.keyring, purchase, on)
        seen = assessing.seen_hash(shown)
        if len(assessing.confirm(self.session, self.keyring, purchase, self.by, on, seen=seen)) != len(shown):
            raise DoesNotFit(f"{[each.problems for each in shown]}")


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02}"
