"""A stand-in for GOV.UK Notify on this machine: speaks its API for emails, checks the token, and can misbehave."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE = "5b6b0a2c-6c1f-4c0e-9d0a-2f4c0a2f9a01"
SECRET = "0d9a7c5e-3b1f-4a2d-8e6c-7f5b3d1a9e02"
API_KEY = f"training-{SERVICE}-{SECRET}"
TEMPLATE = "9f3c1b7a-2d4e-4f60-8a1b-3c5d7e9f1a2b"
PAGE = 250

Misbehaviour = Callable[[dict[str, Any]], str]
"""What to do with an email: blank to take it, ``refuse``, ``drop`` it, or take it and fall ``silent``."""


@dataclass
class NotifyStandIn:
    """What it took, newest last, and how it misbehaves."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    misbehave: Misbehaviour = lambda _: ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @property
    def mail_url(self) -> str:
        return f"notify+http://{API_KEY}@{self.url.removeprefix('http://')}/{TEMPLATE}"

    def references(self) -> list[str]:
        with self.lock:
            return [each["reference"] for each in self.taken]


@contextmanager
def notify_stand_in() -> Iterator[NotifyStandIn]:
    stand_in = NotifyStandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in))
    server.daemon_threads = True
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(stand_in: NotifyStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not self._is_known():
                return
            if self.path != "/v2/notifications/email" or given["template_id"] != TEMPLATE:
                self._answer(400, _errors("BadRequestError", "Template not found"))
            elif "@" not in given["email_address"] or given["email_address"].endswith("refused.example"):
                self._answer(400, _errors("ValidationError", "email_address Not a valid email address"))
            elif not {"subject", "body"} <= given["personalisation"].keys():
                self._answer(400, _errors("BadRequestError", "Missing personalisation: subject, body"))
            else:
                self._take(given)

        def _take(self, given: dict[str, Any]) -> None:
            with stand_in.lock:
                how = stand_in.misbehave(given)
                if how in ("", "silent"):
                    stand_in.taken.append({**given, "id": str(uuid.uuid4()), "status": "delivered", "type": "email"})
            if how == "":
                self._answer(201, {"id": stand_in.taken[-1]["id"], "reference": given.get("reference")})
            elif how == "refuse":
                self._answer(503, _errors("Exception", "Internal server error"))
            elif how == "limit":
                self._answer(429, _errors("RateLimitError", "Exceeded rate limit"))
            else:
                self.close_connection = True

        def do_GET(self) -> None:
            if not self._is_known():
                return
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            with stand_in.lock:
                found = [
                    each
                    for each in reversed(stand_in.taken)
                    if all(each.get(name) == asked[name] for name in ("reference", "status") if name in asked)
                ]
            if "older_than" in asked:
                ids = [each["id"] for each in found]
                found = found[ids.index(asked["older_than"]) + 1 :]
            page = found[:PAGE]
            links = {"current": f"{stand_in.url}{self.path}"}
            if page:
                links["next"] = f"{stand_in.url}/v2/notifications?older_than={page[-1]['id']}"
            self._answer(200, {"notifications": page, "links": links})

        def _is_known(self) -> bool:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            try:
                known = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=SERVICE, options={"verify_iat": False})
            except jwt.PyJWTError:
                known = {}
            if not known:
                self._answer(403, _errors("AuthError", "Invalid token: API key not found"))
            return bool(known)

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _errors(kind: str, message: str) -> dict[str, Any]:
    return {"status_code": 400, "errors": [{"error": kind, "message": message}]}
