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
_MAY = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "encipher_only", "decipher_only")  # fmt: skip
_SIGNS = x509.KeyUsage(key_cert_sign=True, crl_sign=True, **dict.fromkeys(_MAY, False))
"""What Python 3.13 wants an authority to say of itself."""


@dataclass(frozen=True)
class Signed:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def server_context(self, folder: Path, *above: Signed) -> ssl.SSLContext:
        """What a server presents, with the intermediate certificates `above` its own.

        `folder` gets the file that OpenSSL wants.
        """
        file = folder / f"{self.certificate.serial_number}.pem"
        encoding = serialization.Encoding.PEM
        form = serialization.PrivateFormat.PKCS8
        key = self.key.private_bytes(encoding, form, serialization.NoEncryption())
        chain = [item.certificate.public_bytes(encoding) for item in (self, *above)]
        file.write_bytes(b"".join([key, *chain]))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def make_authority(
    name: str = "Tests", *, issuer: Signed | None = None, until: datetime = NOW + MONTH
) -> Signed:
    """A root, or with an issuer what stands between one and a server."""
    return _sign(name, issuer=issuer, until=until, authority=True)


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
    if authority:
        builder = builder.add_extension(_SIGNS, critical=True)
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(own, critical=False)
    else:
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        builder = builder.add_extension(names, critical=False)
    if issuer is not None:  # Python 3.13 wants to be told whose key it is
        key_of = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        builder = builder.add_extension(key_of, critical=False)
    return Signed(builder.sign(signer, hashes.SHA256()), key)
