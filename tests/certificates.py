"""An authority of the tests' own, and certificates good and bad."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC).replace(microsecond=0)
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Signed:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def server_context(self, folder: Path) -> ssl.SSLContext:
        """What a server presents; `folder` gets the file that OpenSSL wants."""
        file = folder / f"{self.certificate.serial_number}.pem"
        encoding = serialization.Encoding.PEM
        form = serialization.PrivateFormat.PKCS8
        key = self.key.private_bytes(encoding, form, serialization.NoEncryption())
        file.write_bytes(key + self.certificate.public_bytes(encoding))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def make_authority(name: str = "Tests") -> Signed:
    return _sign(name, issuer=None, until=NOW + MONTH, authority=True)


def make_certificate(host: str, *, issuer: Signed | None, until: datetime = NOW + MONTH) -> Signed:
    """A certificate for one name; without issuer it signs itself."""
    return _sign(host, issuer=issuer, until=until, authority=False)


def write_authority(authority: Signed, folder: Path) -> Path:
    file = folder / "authority.pem"
    file.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    return file


def _sign(name: str, *, issuer: Signed | None, until: datetime, authority: bool) -> Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 3 * MONTH)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(names, critical=False)
    return Signed(builder.sign(signer, hashes.SHA256()), key)
