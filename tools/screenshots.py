"""Take the pictures of docs/screenshots: the whole job, at desk and phone width, on a fresh demonstration."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests.browser import steps
from tests.browser.chromium import chromium
from tests.browser.serving import prepare, serving
from tests.browser.walking import Walk, sign_in

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
WIDTHS = {"desk": 1280, "phone": 375}
TALLEST = 2_400
COLOURS = 64
LARGEST_BYTES = 150_000
VIEWER_OPENS_WITHIN_MS = 4_000
"""The browser's own viewer of PDFs says nothing when it is done."""

SHOWN = {
    "people": "Who to sign in as: the demonstration only.",
    "home": "An employer’s home: what needs doing today, money at a glance, newest claims.",
    "courses": "Searching for the course, with the amount and how it is paid.",
    "learners": "Three learners on a purchase: the registered nurse is ineligible, said on the spot and why.",
    "check": "Check and submit: what claims that are alike bring, and until when; one is not ready and waits.",
    "submitted": "Submitted, with references and what happens next.",
    "queue": "The assessors’ queue, longest waiting first.",
    "assessment": "One purchase on one page: claim and findings beside the evidence.",
    "outcome": "The outcome before it is confirmed: the amount, how it comes about, and what the employer will read.",
    "needs-action": "A claim that was sent back, with what the assessor asks.",
    "ready-to-pay": "Finance: what is ready to pay.",
    "drawn-up": "A payment run drawn up, to be released by somebody else.",
    "released": "The run after its release, with its workbook.",
    "claims": "The claims list: completion claims stand ready with their last days.",
}
"""Pictures in the order of the story, with what each shows."""

Shoot = Callable[[Walk, str], None]


class Quick(Walk):
    """A walk that only looks where it is going; the tests look at everything."""

    def look(self) -> None:
        self.looked_at.append(self.heading)


def tell(arrive: Callable[[str], Walk], shoot: Shoot, folder: Path) -> None:
    """The story of the whole job, with a picture at each of its stations."""
    grace = arrive(steps.GRACE)
    grace.open("/demonstration/people")
    shoot(grace, "people")
    grace.open("/home")
    shoot(grace, "home")
    grace.open("/purchases/new?search=level+2+adult+social+care+certificate")
    shoot(grace, "courses")
    grace.open("/home")
    address = steps.buy_for_three(grace)
    shoot(grace, "learners")
    steps.show_payment(grace, folder)
    shoot(grace, "check")
    steps.submit(grace)
    shoot(grace, "submitted")
    asha = arrive(steps.ASHA)
    asha.open("/assessment")
    shoot(asha, "queue")
    steps.take(asha, address)
    shoot(asha, "assessment")
    steps.check(asha, {"Niamh O’Brien": "yes", "Daniel Mensah": "action-needed"})
    shoot(asha, "outcome")
    steps.confirm(asha)
    grace.open("/claims?state=needs-action")
    grace.go(grace.page.locator("main tr").filter(has_text="Daniel Mensah").get_by_role("link").first)
    shoot(grace, "needs-action")
    steps.answer_request(grace, "Daniel Mensah")
    steps.take(asha, address)
    steps.check(asha, {"Daniel Mensah": "yes"})
    steps.confirm(asha)
    # Which approvals a lead looks at is drawn; in the pictures none is to wait for it.
    steps.agree_to_sample(arrive(steps.RUTH))
    olu = arrive(steps.OLU)
    olu.open("/payments")
    shoot(olu, "ready-to-pay")
    run = steps.draw_up(olu)
    shoot(olu, "drawn-up")
    priya = arrive(steps.PRIYA)
    steps.release(priya, run)
    shoot(priya, "released")
    for name in ("Niamh O’Brien", "Daniel Mensah"):
        steps.tell_completion(grace, name)
    grace.open("/claims?state=draft")
    shoot(grace, "claims")


def save_small(picture: bytes, path: Path) -> int:
    """Save a PNG with few colours; returns its size in bytes. Raises ``ValueError`` when it is still too large."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, TALLEST)))
    for colours in (COLOURS, COLOURS // 2, COLOURS // 4):
        image.quantize(colours, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return path.stat().st_size
    raise ValueError(f"{path} has {path.stat().st_size:,} bytes")


def write_index() -> None:
    """The page that shows the pictures, with words for those who cannot see them."""
    lines = [
        "# What it looks like",
        "",
        "Made by `make screenshots` on the demonstration; every person in it is invented.",
        "",
    ]
    for number, (name, words) in enumerate(SHOWN.items(), 1):
        files = [f"{number:02}-{name}-{width}.png" for width in WIDTHS]
        lines += [
            f"## {number}. {words}",
            "",
            f"![{words}]({files[0]})",
            "",
            f"On a phone: [{files[1]}]({files[1]})",
            "",
        ]
    (PICTURES / "README.md").write_text("\n".join(lines))


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    numbers = {name: number for number, name in enumerate(SHOWN, 1)}
    with tempfile.TemporaryDirectory() as kept, chromium() as browser:
        print("Preparing a demonstration ...", flush=True)
        folder = Path(kept)
        prepared = prepare(folder / "prepared")
        for name, width in WIDTHS.items():
            with serving(prepared, folder / name) as served:

                def arrive(email: str, width: int = width, url: str = served.url) -> Walk:
                    context = browser.new_context(viewport={"width": width, "height": 900}, locale="en-GB")
                    walk = Quick(context.new_page(), url, scripts=True)
                    sign_in(walk, email)
                    return walk

                def shoot(walk: Walk, station: str, name: str = name) -> None:
                    path = PICTURES / f"{numbers[station]:02}-{station}-{name}.png"
                    if walk.page.locator("iframe").count():
                        walk.page.wait_for_timeout(VIEWER_OPENS_WITHIN_MS)
                    size = save_small(walk.page.screenshot(full_page=True), path)
                    print(f"  {path.relative_to(ROOT)}  {size:,} bytes", flush=True)

                tell(arrive, shoot, folder)
    write_index()
    print(f"Wrote {len(SHOWN) * len(WIDTHS)} pictures and their index to {PICTURES.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
