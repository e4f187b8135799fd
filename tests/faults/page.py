"""docs/faults.md: what is done and what its table says."""

WORDS = """# Killed at any instant

`make faults` runs the service by `claims serve`, signs in over HTTP, sends a form, and at a random instant kills every
process of the service with SIGKILL. It starts the service again, looks at the whole database, sends the same form once
more, and looks again.

{table}

Measured on {machine}; {took}; seed {seed}.

- **before**: nobody had begun with the form. **during**: the service had, and the person never got an answer; **of
  those, done**: the work was committed all the same. **after**: the answer had arrived. Half of the kills come at any
  instant, from a little before the form is sent to a little after it is usually answered; half come close to the usual
  end, where the work is committed and not yet confirmed.
- **confirmed and lost**: the person was led on, or had sent the form again after the restart, and the act is not there.
- **half done**: events, states, slots, commitment, messages, checks, completion drafts, payment lines, runs and stored
  workbooks do not tell the same story, or the chain of events does not hold. Each form moves {together} claims; moving
  only some of them counts too.
- **doubled**: an act, a message, a payment line or a run is there twice.
- **send**: two processes deliver to a folder beside each other and are killed together. The next ones find what those
  had in hand, ask the folder whether it went, and finish. At the end every message is in exactly one letter and its row
  says sent. A mail relay cannot be asked: there a letter goes twice when the process dies between the relay's
  acceptance and our record.

A killed process loses nothing that the operating system had taken. A machine that loses its power is another matter,
for which SQLite runs with `synchronous=FULL` and PostgreSQL with its defaults, but for what is written down of letters
as they leave ([decision 11](decisions/0011-what-can-go-twice.md)); these runs do not show it.
"""
