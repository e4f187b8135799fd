"""The keys of tests: known, so that a test can look behind what is encrypted."""

import base64

from claims.secrets import Keyring

ENCRYPTION_KEYS = f"test:{base64.b64encode(b'e' * 32).decode()}"
HASH_KEY = base64.b64encode(b"h" * 32).decode()
KEYRING = Keyring(ENCRYPTION_KEYS, HASH_KEY)
