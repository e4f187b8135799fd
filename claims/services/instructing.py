"""Tell the bank whom to pay: the payment file of a released run."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from claims.exchange.bank_files import Instruction, render_instructions
from claims.lifecycle import Actor
from claims.models import BankAccount, PaymentRun
from claims.secrets import Keyring
from claims.services.exporting import payments_in
from claims.services.paying import begin
from claims.services.recording import record
from claims.services.sealing import decrypt_account


def payment_file(session: Session, keyring: Keyring, run: PaymentRun, by: Actor, at: datetime) -> bytes:
    """The run's payments as CSV for the bank. That somebody had it is an event, with the SHA-256 of what they had.

    Only from release until the bank's result is recorded: before, nobody agreed to it; afterwards, it could only be
    paid again. Payments that come to nothing are left out. Raises ``NotAllowed`` for anybody but finance as well.
    """
    begin(session, run, by, "released")
    instructions = []
    for payment in payments_in(session, keyring, run):
        if payment.row.net_pence == 0:
            continue
        account = session.get_one(BankAccount, payment.lines[0].bank_account_id)
        instructions.append(
            Instruction(
                payee=account.account_name,
                sort_code=decrypt_account(keyring, account.sort_code),
                account_number=decrypt_account(keyring, account.account_number),
                pence=payment.row.net_pence,
                reference=payment.row.payment_reference,
            )
        )
    content = render_instructions(instructions)
    details = {
        "reference": run.reference,
        "payments": len(instructions),
        "pence": sum(each.pence for each in instructions),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    record(session, "download-payment-file", ("payment-run", run.id), by, at, details=details)
    return content
