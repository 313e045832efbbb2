"""Signs tokens for the laptop's API, as an identity provider does on AWS.

The API's authorizer fetches the public key from here and checks signature, issuer and audience: it
refuses a request without a token, as on AWS.
"""

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from msgspec import Struct, json

AUDIENCE = "receipts"
LIFETIME = dt.timedelta(days=1)
_KEY_ID = "laptop"


class Issuer(Struct, frozen=True, kw_only=True):
    """A running issuer; `url` is the value of the template's parameter `TokenIssuer`."""

    url: str
    key: rsa.RSAPrivateKey

    def token(self, subject: str = "laptop") -> str:
        """A token for `subject`, who owns the batches that are requested with it."""
        now = dt.datetime.now(dt.UTC)
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "exp": now + LIFETIME,
        }
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": _KEY_ID})


@contextlib.contextmanager
def running_issuer() -> Iterator[Issuer]:
    """Create a key and serve its public half on 127.0.0.1, until the way out."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    documents: dict[str, object] = {
        "/.well-known/jwks.json": {"keys": [{**public, "kid": _KEY_ID, "use": "sig"}]},
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), _json_handler(documents))
    url = f"http://127.0.0.1:{server.server_port}"
    documents["/.well-known/openid-configuration"] = {
        "issuer": url,
        "jwks_uri": f"{url}/.well-known/jwks.json",
    }
    thread = threading.Thread(target=server.serve_forever, name="issuer", daemon=True)
    thread.start()
    try:
        yield Issuer(url=url, key=key)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _json_handler(documents: dict[str, object]) -> type[BaseHTTPRequestHandler]:
    class Documents(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = documents.get(self.path)
            body = json.encode(found)
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base's own
            """Log nothing: the terminal belongs to the demo."""

    return Documents
