"""The picture of the life of a claim shows the moves there are."""

from tools.lifecycle_picture import PAGE, picture


def test_the_picture_in_the_docs_is_current() -> None:
    assert PAGE.read_text() == picture(), "Run make lifecycle"
