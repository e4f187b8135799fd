"""A device that keeps passkeys, with a browser around it: real keys and signatures, and every way to lie."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, HOLDS_KEY = 0x01, 0x04, 0x40


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class Device:
    """Keeps one passkey. Change what it does with the named arguments of ``make`` and ``sign``."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    """Uses so far; one that stays at nought does not count."""

    def make(
        self, options: str, *, origin: str = "http://localhost", flags: int = PRESENT | VERIFIED, **told: Any
    ) -> str:
        """What the browser sends when it is given ``options`` for a new passkey. ``told`` replaces client data."""
        asked = json.loads(options)
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        data = self._data(asked["rp"]["id"], flags | HOLDS_KEY)
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + encode_cbor(cose)
        client = self._client("webauthn.create", asked["challenge"], origin, told)
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            clientDataJSON=base64url(client), attestationObject=base64url(attested), transports=["internal", "hybrid"]
        )

    def sign(
        self,
        options: str,
        *,
        origin: str = "http://localhost",
        party: str = "",
        flags: int = PRESENT | VERIFIED,
        **told: Any,
    ) -> str:
        """What the browser sends when it is given ``options`` for a passkey that is there."""
        asked = json.loads(options)
        if self.count:
            self.count += 1
        data = self._data(party or asked["rpId"], flags)
        client = self._client("webauthn.get", asked["challenge"], origin, told)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=base64url(client), authenticatorData=base64url(data), signature=base64url(signature)
        )

    def _data(self, party: str, flags: int) -> bytes:
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, origin: str, told: dict[str, Any]) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False, **told}
        ).encode()

    def _answer(self, **response: Any) -> str:
        name = base64url(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
