"""Verbs: one function per thing a person or the clock does, each in one transaction with its event and messages."""
