"""The check of every page can fail: one fault at a time, in an otherwise sound page."""

from dataclasses import dataclass, field

import pytest

from tests.html_checks import PageFault, check_page

SOUND = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Your claims - Claim for care training</title></head>
<body>
<a href="#main">Skip</a>
<main id="main">
<h1>Your claims</h1>
<form method="post" action="/claims">
<input type="hidden" name="csrf_token" value="abc">
<label for="name">Name</label><div id="name-hint">In full</div>
<input id="name" name="name" aria-describedby="name-hint">
<fieldset><legend>Part</legend>
<input type="radio" id="part" name="part" value="full"><label for="part">Full</label></fieldset>
<label>Note <textarea name="note"></textarea></label>
<button type="submit">Send</button>
</form>
<img src="/a.png" alt="">
</main>
<script src="/app.js" nonce="N"></script>
</body>
</html>"""


@dataclass
class Answer:
    html: str
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Security-Policy": "script-src 'nonce-N'"})

    def get_data(self, as_text: bool) -> str:
        assert as_text
        return self.html


def test_a_sound_page_passes():
    assert check_page(Answer(SOUND)).find("body/main/h1").text == "Your claims"


@pytest.mark.parametrize(
    ("sound", "broken", "fault"),
    [
        ("</main>", "", "does not parse"),
        ("<main id", "<main id id", "does not parse"),
        ("<h1>Your claims</h1>", "", "0 h1"),
        ("</h1>", "</h1><h1>Again</h1>", "2 h1"),
        ("<h1>Your claims</h1>", "<h1>Other</h1>", "does not start with the h1"),
        ("<h1>Your claims</h1>", "<h1>Your</h1>", "does not start with the h1"),
        ("<h1>Your claims</h1>", "<h1> </h1>", "h1 is empty"),
        ("<title>", "<title>Error: ", "there is no error summary"),
        ("</h1>", '</h1><div class="x govuk-error-summary"></div>', "there is a error summary"),
        ('<html lang="en">', "<html>", "does not name its language"),
        ('id="name-hint"', 'id="name"', "occurs 2 times"),
        ('<main id="main">', '<main id="main"><p id="">', "is empty or has a space"),
        ('<main id="main">', '<main id="main"><p id="a b">', "is empty or has a space"),
        ('for="name"', 'for="nome"', "'nome', which is not on the page"),
        ('aria-describedby="name-hint"', 'aria-describedby="name-hint name-error"', "'name-error', which is not"),
        ("<fieldset>", '<fieldset aria-labelledby="gone">', "'gone', which is not on the page"),
        ('href="#main"', 'href="#top"', "'#top', which is not on the page"),
        ('<label for="name">Name</label>', "", "input 'name' has no label"),
        ('<label for="name">Name</label>', '<label for="name"></label>', "input 'name' has no label"),
        ("<label>Note <textarea", "<p><textarea", "textarea 'note' has no label"),
        ('name="name"', "", "has no name"),
        ("<legend>Part</legend>", "", "no legend"),
        (">Send<", "><", "button says nothing"),
        (">Skip<", "><", "a says nothing"),
        (' alt=""', "", "has no alt"),
        ('method="post" ', "", "no method"),
        (' action="/claims"', "", "no action"),
        ('action="/claims"', 'action="https://evil.example"', "goes to another site"),
        ('action="/claims"', 'action="//evil.example"', "goes to another site"),
        ('name="csrf_token"', 'name="token"', "no CSRF token"),
        ('value="abc"', 'value=""', "no CSRF token"),
        ('method="post"', 'method="get"', "would put a CSRF token in an address"),
        ('type="hidden" name="csrf_token"', 'type="file" aria-label="a" name="csrf_token"', "multipart/form-data"),
        (' nonce="N"', "", "does not carry the nonce"),
        (' nonce="N"', ' nonce="M"', "does not carry the nonce"),
        (' src="/app.js"', "", "written into the page"),
        ("</head>", "<style>a {}</style></head>", "style sheet is written into the page"),
        ("<h1>", '<h1 style="color: red">', "inline style"),
        ("<h1>", '<h1 onclick="go()">', "inline handler"),
        ('href="#main"', 'href="javascript:go()"', "runs a script"),
    ],
)
def test_each_fault_is_found(sound, broken, fault):
    assert SOUND.count(sound) >= 1
    html = SOUND.replace(sound, broken, 1)
    if broken.startswith("<p><textarea"):
        html = html.replace("</textarea></label>", "</textarea></p>")
    with pytest.raises(PageFault, match=fault.replace("(", r"\(")):
        check_page(Answer(html))


def test_a_page_without_a_policy_is_a_fault():
    with pytest.raises(PageFault, match="no nonce"):
        check_page(Answer(SOUND, {}))


def test_an_error_page_says_so_in_its_title():
    html = SOUND.replace("<title>", "<title>Error: ").replace("</h1>", '</h1><div class="govuk-error-summary"></div>')
    assert check_page(Answer(html))
