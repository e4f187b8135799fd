"""Files to upload, made on the spot."""

from pathlib import Path

from claims.files.specimens import specimen_pdf


def an_invoice(folder: Path) -> Path:
    path = folder / "invoice-2041.pdf"
    lines = [
        "Bright Training",
        "Level 2 Adult Social Care Certificate",
        "2 learners at £1,600.00",
        "Paid 12 January 2026",
    ]
    path.write_bytes(specimen_pdf("Invoice 2041", lines))
    return path


def a_certificate(folder: Path, name: str) -> Path:
    path = folder / f"certificate-{name.lower().replace(' ', '-')}.pdf"
    path.write_bytes(specimen_pdf("Certificate", [name, "has completed the Adult Social Care Certificate"]))
    return path
