"""The tables, one file per subject."""

from claims.models.bulk import BulkUpload
from claims.models.claims import ActionRequest, Claim, CompletionCheck, Slot
from claims.models.closing import YearEnd
from claims.models.correspondence import Correspondence, StoppedKind
from claims.models.courses import CourseList, CourseListEntry, CourseListProposal
from claims.models.employers import Agreement, BankAccount, Commitment, Employer, FundOpening
from claims.models.events import ChainHead, Event, EventNote
from claims.models.evidence import Evidence
from claims.models.lead_tasks import LeadTask
from claims.models.learners import CareService, Learner
from claims.models.limits import ApiWindow
from claims.models.messages import Heartbeat, JobRun, Message
from claims.models.names import NamePart
from claims.models.passkeys import Passkey, PasskeyChallenge
from claims.models.pathway import LinkEdit, RoleCategoryChange
from claims.models.payments import PaymentLine, PaymentRun, RunWorkbook
from claims.models.people import (
    FormToken,
    Invitation,
    KnownBrowser,
    Membership,
    MembershipService,
    Person,
    RecoveryCode,
    SignedInSession,
    SignInAttempt,
    SignInCode,
)
from claims.models.purchases import PaymentCheck, Purchase
from claims.models.recoveries import PaymentReturn, Recovery, SetOff
from claims.models.registrations import EmployerNote, Registration, RegistrationProof
from claims.models.sampling import SampledApproval
from claims.models.standard_notes import StandardNote
from claims.models.views import SavedView

__all__ = [
    "ActionRequest",
    "Agreement",
    "ApiWindow",
    "BankAccount",
    "BulkUpload",
    "CareService",
    "ChainHead",
    "Claim",
    "Commitment",
    "CompletionCheck",
    "Correspondence",
    "CourseList",
    "CourseListEntry",
    "CourseListProposal",
    "Employer",
    "EmployerNote",
    "Event",
    "EventNote",
    "Evidence",
    "FormToken",
    "FundOpening",
    "Heartbeat",
    "Invitation",
    "JobRun",
    "KnownBrowser",
    "LeadTask",
    "Learner",
    "LinkEdit",
    "Membership",
    "MembershipService",
    "Message",
    "NamePart",
    "Passkey",
    "PasskeyChallenge",
    "PaymentCheck",
    "PaymentLine",
    "PaymentReturn",
    "PaymentRun",
    "Person",
    "Purchase",
    "Recovery",
    "RecoveryCode",
    "Registration",
    "RegistrationProof",
    "RoleCategoryChange",
    "RunWorkbook",
    "SampledApproval",
    "SavedView",
    "SetOff",
    "SignInAttempt",
    "SignInCode",
    "SignedInSession",
    "Slot",
    "StandardNote",
    "StoppedKind",
    "YearEnd",
]
