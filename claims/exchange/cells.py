"""Several values in one cell of CSV."""


def join_list(items: tuple[str, ...]) -> str:
    """One cell for several values."""
    return ";".join(items)


def split_list(text: str) -> tuple[str, ...]:
    """The values in one cell, without the blanks around them."""
    return tuple(item.strip() for item in text.split(";") if item.strip())
