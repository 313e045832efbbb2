"""TLS in front of a PostgreSQL that was built without it: certificates of our own making."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_REQUEST_BYTES = 8  # libpq's SSLRequest
_CHUNK = 16_384


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / f"{name}.crt", folder / f"{name}.key"
    certificate_path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_path, key_path


@contextlib.contextmanager
def tls_front(target_port: int, certificate_path: Path, key_path: Path) -> Iterator[int]:
    """Speaks TLS as PostgreSQL does, and passes on in the clear; gives the port.

    A process of its own: libpq's ping holds Python's lock while it waits for an answer.
    """
    arguments = (str(target_port), str(certificate_path), str(key_path))
    with subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, __file__, *arguments], stdout=subprocess.PIPE
    ) as front:
        assert front.stdout is not None
        try:
            yield int(front.stdout.readline())
        finally:  # leaving waits for it: one that nobody killed would be waited for for ever
            front.kill()


def _main(target_port: str, certificate_path: str, key_path: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_path, key_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        sys.stdout.write(f"{server.getsockname()[1]}\n")
        sys.stdout.flush()
        _accept(server, context, int(target_port))


def _accept(server: socket.socket, context: ssl.SSLContext, target_port: int) -> None:
    while True:
        client, _ = server.accept()
        threading.Thread(target=_serve, args=(client, context, target_port), daemon=True).start()


def _serve(client: socket.socket, context: ssl.SSLContext, target_port: int) -> None:
    target = socket.create_connection(("127.0.0.1", target_port))
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stack.enter_context(target)
        stack.enter_context(client)
        if client.recv(_REQUEST_BYTES, socket.MSG_PEEK)[4:] == b"\x04\xd2\x16\x2f":
            client.recv(_REQUEST_BYTES)
            client.sendall(b"S")
            client = stack.enter_context(context.wrap_socket(client, server_side=True))
        back = threading.Thread(target=_pump, args=(target, client), daemon=True)
        back.start()
        _pump(client, target)
        back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    _main(*sys.argv[1:])
