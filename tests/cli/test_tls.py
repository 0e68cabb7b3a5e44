"""`bridge serve` with a certificate of its own, as a city without a proxy runs it, and what keeps passwords off open lines."""

import asyncio
import datetime
import ipaddress
import signal
import socket
import ssl
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bridge.certificate import Certificate
from tests.cli.terminal import bridge
from tests.flows.house import PATIENCE_S
from tests.flows.served import serving


def certified(folder: Path, serial: int, password: bytes = b"") -> Path:
    """A certificate for this machine and its key, written as a renewal tool does: each at once."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    put(folder / "key.pem", written)
    put(folder / "cert.pem", made.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem"


def put(file: Path, content: bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.rename(file)


def configured(desk: Path) -> Path:
    config = desk / "config.toml"
    config.write_text(
        f'[server]\nport = 0\ntls_cert = "{desk / "cert.pem"}"\ntls_key = "{desk / "key.pem"}"\n'
        f'[storage]\nfolder = "{desk / "data"}"\n'
    )
    return config


def served_serial(address: str) -> int:
    """Of the certificate that a new visitor is shown."""
    host, _, port = address.removeprefix("https://").partition(":")
    anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, int(port)), PATIENCE_S) as line, anyone.wrap_socket(line) as talk:
        shown = talk.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


async def test_a_server_with_a_certificate_serves_https_and_takes_a_renewed_one_up(desk: Path) -> None:
    trusted = ssl.create_default_context(cafile=str(certified(desk, 1)))
    async with (
        serving(configured(desk)) as served,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted)) as http,
    ):
        assert served.address.startswith("https://127.0.0.1:")
        async with http.get(f"{served.address}/readyz") as ready:
            assert (ready.status, await ready.json()) == (200, {"ready": True})
            assert "max-age=" in ready.headers["Strict-Transport-Security"]
        # A socket passes the same door.
        with pytest.raises(InvalidStatus) as refused:
            await connect(served.address.replace("http", "ws", 1) + "/ws/board", ssl=trusted, proxy=None)
        assert refused.value.response.status_code == 401
        with pytest.raises(aiohttp.ClientError):
            await http.get(served.address.replace("https", "http", 1) + "/readyz")

        certified(desk, 2)
        served.process.send_signal(signal.SIGHUP)
        await served.says("certificate-renewed")
        assert await asyncio.to_thread(served_serial, served.address) == 2
        # Half of a pair, and what is none: the one that stands goes on.
        put(desk / "cert.pem", b"no certificate")
        served.process.send_signal(signal.SIGHUP)
        await served.says("certificate-unusable")
        assert await asyncio.to_thread(served_serial, served.address) == 2
        # The kept connection never noticed.
        async with http.get(f"{served.address}/readyz") as ready:
            assert ready.status == 200
        assert await served.told_to_go() == 0


def shaken(context: ssl.SSLContext) -> int:
    """The serial number that a server with this context shows, hand to hand."""
    anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    visitor, server = anyone.wrap_bio(there, here), context.wrap_bio(here, there, server_side=True)
    for _ in range(4):
        for hand in (visitor, server):
            with suppress(ssl.SSLWantReadError):
                hand.do_handshake()
    shown = visitor.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


async def test_a_key_that_wants_a_password_is_refused_and_nobody_is_asked_for_it(desk: Path) -> None:
    certificate = Certificate(certified(desk, 1), desk / "key.pem")
    certified(desk, 2, b"a secret of the office")
    assert await certificate.by_the_clock() == "unusable"
    assert shaken(certificate.context) == 1
    certified(desk, 3)
    assert await certificate.by_the_clock() == "renewed"
    assert shaken(certificate.context) == 3


async def test_files_that_change_while_they_are_taken_up_leave_no_half_of_a_pair(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = Certificate(certified(desk, 1), desk / "key.pem")
    certified(desk, 2)
    read = Certificate._read

    def overtaken(self: Certificate) -> ssl.SSLContext:
        found = read(self)
        # The tool goes on: another certificate already, its key not yet, and that one locked.
        certified(desk, 3, b"a secret of the office")
        return found

    monkeypatch.setattr(Certificate, "_read", overtaken)
    assert await certificate.renew() == "renewed"
    assert shaken(certificate.context) == 2
    monkeypatch.undo()
    assert await certificate.by_the_clock() == "unusable"
    assert shaken(certificate.context) == 2


@pytest.mark.parametrize("broken", ["cert", "key", "missing"])
def test_a_certificate_that_cannot_be_served_is_named(desk: Path, broken: str) -> None:
    certified(desk, 1)
    if broken == "missing":
        (desk / "key.pem").unlink()
    else:
        (desk / f"{broken}.pem").write_text("-----BEGIN NONSENSE-----\n")
    configured(desk)
    told = bridge("serve")
    assert told.status == 1
    assert "server.tls_cert" in told.err
    assert "key.pem" in told.err


REFUSED = (
    ('host = "0.0.0.0"', ["server.host", "0.0.0.0", "server.tls_cert", "server.plain_http"]),
    ('host = "::"', ["server.host", "server.proxies"]),
    ('host = "hoinghi.example"', ["server.host", "hoinghi.example"]),
    # A proxy without an https address, and an https address without a proxy, promise nothing.
    ('host = "10.0.0.9"\nproxies = ["10.0.0.5"]', ["server.host"]),
    ('host = "10.0.0.9"\nproxies = ["10.0.0.5"]\norigins = ["http://a.example"]', ["server.host"]),
    ('host = "10.0.0.9"\norigins = ["https://a.example"]', ["server.host"]),
    ('tls_cert = "a.pem"', ["server.tls_cert", "server.tls_key", "belong together"]),
    ('tls_cert = "a.pem"\ntls_key = "b.pem"\norigins = ["http://a.example"]', ["server.origins", "https"]),
    ('proxies = ["10.0.0.5/24"]', ["server.proxies", "10.0.0.5/24", "10.0.0.0/24"]),
    ('hosts = ["https://a.example"]', ["server.hosts", "https://a.example"]),
)


@pytest.mark.parametrize(("server", "named"), REFUSED)
def test_a_start_in_the_open_is_refused_unless_it_is_meant(desk: Path, server: str, named: list[str]) -> None:
    (desk / "config.toml").write_text(f"[server]\nport = 0\n{server}\n")
    told = bridge("serve")
    assert told.status == 78
    assert [word for word in named if word not in told.err] == []
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    "server",
    [
        'host = "0.0.0.0"\nplain_http = true',
        'host = "::"\nproxies = ["10.0.0.0/8"]\norigins = ["https://a.example"]',
        'host = "::1"',
        'host = "localhost"',
    ],
)
def test_what_is_meant_is_let_through(desk: Path, server: str) -> None:
    (desk / "config.toml").write_text(f"[server]\n{server}\n")
    assert bridge("migrate").status == 0
