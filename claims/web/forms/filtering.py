"""What an employer's list of claims is asked to show: read from an address, and written back into one."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from werkzeug.datastructures import MultiDict

from claims.lifecycle import WORDS, State
from claims.models.kinds import LARGEST_ID
from claims.rules.facts import Part
from claims.rules.scheme import Fund
from claims.store.claim_lists import ClaimFilter, Due, Order

LONGEST = 100
"""Characters of any one answer."""
OPEN = (State.DRAFT, State.SUBMITTED, State.NEEDS_ACTION, State.APPROVED, State.IN_PAYMENT)
OVER = (State.PAID, State.REJECTED, State.WITHDRAWN, State.RECOVERED)
"""The archive: nothing more is to be done about them."""

ORDERS: dict[Order, str] = {
    Order.NEWEST: "Newest first",
    Order.OLDEST: "Oldest first",
    Order.DEADLINE: "Last day to claim first",
    Order.LEARNER: "Learner’s name",
    Order.COURSE: "Course code",
}
DUES: dict[Due, str] = {
    Due.WEEK: "Within 7 days",
    Due.MONTH: "Within 28 days",
    Due.LATER: "Later than that",
    Due.UNKNOWN: "Not known yet",
    Due.PASSED: "Passed: too late",
}
FUNDS: dict[str, str] = {"main": "Main fund", "ommt": "Oliver McGowan training"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter and an order. What cannot be understood is left out, as an address is not typed."""

    wanted: ClaimFilter
    order: Order

    def query(self) -> str:
        """As the end of an address, always the same for the same list; blank for all claims, newest first."""
        wanted = self.wanted
        said: list[tuple[str, object]] = [("state", str(state)) for state in State if state in wanted.states]
        said += [
            ("part", wanted.part),
            ("course", wanted.course),
            ("learner", wanted.learner_id),
            ("purchase", wanted.purchase_id),
            ("fund", wanted.fund),
            ("year", wanted.scheme_year),
            ("by", wanted.entered_by_id),
            ("due", wanted.due),
            ("search", wanted.search),
            ("order", None if self.order is Order.NEWEST else self.order),
        ]
        return urlencode([(name, str(value)) for name, value in said if value not in (None, "")])

    def in_words(self, course: str, learner: str, person: str) -> list[tuple[str, str]]:
        """What is filtered by, as a download says it; the names of what the ids and codes stand for are given."""
        wanted = self.wanted
        parts = {Part.FULL: "All at once", Part.START: "Start, 60%", Part.COMPLETION: "Completion"}
        said = (
            ("State", ", ".join(WORDS[state] for state in State if state in wanted.states)),
            ("Part", parts[wanted.part] if wanted.part else ""),
            ("Course", course),
            ("Learner", learner),
            ("Purchase", str(wanted.purchase_id or "")),
            ("Fund", FUNDS.get(wanted.fund, "")),
            ("Scheme year", wanted.scheme_year),
            ("Entered by", person),
            ("Last day to claim, of drafts", DUES[wanted.due] if wanted.due else ""),
            ("Reference or learner’s name", wanted.search),
        )
        return [(name, value) for name, value in said if value]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything besides state, search and order is asked for."""
        wanted = self.wanted
        return wanted != ClaimFilter(states=wanted.states, search=wanted.search)


def read_id(given: MultiDict[str, str], name: str) -> int | None:
    """The id that an address gives as ``name``; ``None`` for what is none."""
    typed = given.get(name, "").strip()[:LONGEST]
    return int(typed) if typed.isascii() and typed.isdigit() and int(typed) <= LARGEST_ID else None


def read_asked(given: MultiDict[str, str]) -> Asked:
    """What an address asks for."""

    def text(name: str) -> str:
        return given.get(name, "").strip()[:LONGEST]

    def number(name: str) -> int | None:
        return read_id(given, name)

    states = given.getlist("state")
    fund, part, due, order = text("fund"), text("part"), text("due"), text("order")
    return Asked(
        ClaimFilter(
            states=tuple(state for state in State if state in states),
            part=Part(part) if part in set(Part) else None,
            course=text("course"),
            learner_id=number("learner"),
            purchase_id=number("purchase"),
            fund=fund if fund in set(Fund) else "",
            scheme_year=text("year"),
            entered_by_id=number("by"),
            due=Due(due) if due in set(Due) else None,
            search=text("search"),
        ),
        Order(order) if order in set(Order) else Order.NEWEST,
    )


def read_query(query: str) -> Asked:
    """As ``read_asked``, from the end of an address."""
    return read_asked(MultiDict(parse_qs(query)))


PRESETS: tuple[tuple[str, Asked], ...] = (
    ("All", Asked(ClaimFilter(), Order.NEWEST)),
    ("Open", Asked(ClaimFilter(states=OPEN), Order.NEWEST)),
    ("To be claimed", Asked(ClaimFilter(states=(State.DRAFT,)), Order.DEADLINE)),
    ("Archive", Asked(ClaimFilter(states=OVER), Order.NEWEST)),
)
"""Views that everybody has."""
