"""Certificates and tokens made with a partnership's own keys, right and wrong."""

from __future__ import annotations

import base64
import datetime
import hashlib
import ipaddress
import json
import pathlib
import secrets
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from waymark_client import SystemCertificate

PEM = serialization.Encoding.PEM


class Authority:
    """A certificate authority: the partnership's own, or somebody else's."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate
        self.key = key

    @classmethod
    def of(cls, data: pathlib.Path) -> Authority:
        folder = data / "authority"
        key = serialization.load_pem_private_key((folder / "ca.key.pem").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()), key)

    @classmethod
    def stranger(cls) -> Authority:
        """One that nobody here trusts, with the same name as a trusted one might have."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fenland.waymark")])
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        )
        return cls(builder.sign(key, hashes.SHA256()), key)

    def issue(
        self,
        uri: str,
        not_before: datetime.timedelta = datetime.timedelta(minutes=-5),
        not_after: datetime.timedelta = datetime.timedelta(days=1),
    ) -> tuple[bytes, bytes]:
        """Certificate and private key in PEM; validity counts from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.timezone.utc)
        names = [
            x509.UniformResourceIdentifier(uri),
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        ]
        usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, uri[:64])]))
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + not_before)
            .not_valid_after(now + not_after)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        certificate = builder.sign(self.key, hashes.SHA256())
        private = key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return certificate.public_bytes(PEM), private

    def system_certificate(self, uri: str, authority: bytes) -> SystemCertificate:
        """A certificate for `uri`, for a client that believes `authority`."""
        certificate, key = self.issue(uri)
        return SystemCertificate(certificate, key, authority)


def signing_key(path: pathlib.Path) -> ed25519.Ed25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    return key


def raw_public_key(key: ed25519.Ed25519PrivateKey) -> bytes:
    raw = serialization.Encoding.Raw
    return key.public_key().public_bytes(raw, serialization.PublicFormat.Raw)


def key_id(key: ed25519.Ed25519PrivateKey) -> str:
    """As libs/crypto/sign.h names keys."""
    return hashlib.sha256(raw_public_key(key)).hexdigest()[:16]


def _part(value: dict[str, object] | bytes) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def person_token(
    data: pathlib.Path,
    agency: str,
    person: str = "test-person",
    role: str = "manager",
    issued_seconds_ago: int = 0,
    lifetime_seconds: int = 600,
    **claims: str,
) -> str:
    """What the agency's identity provider would sign; `claims` replaces any of it."""
    key = signing_key(data / "agencies" / agency / "identity-provider" / "signing.pem")
    issued = int(time.time()) - issued_seconds_ago
    body: dict[str, object] = {
        "iss": f"https://idp.{agency}.invalid",
        "sub": person,
        "aud": f"waymark-gateway/{agency}",
        "agency": agency,
        "role": role,
        "iat": issued,
        "exp": issued + lifetime_seconds,
        "jti": secrets.token_hex(16),
        **claims,
    }
    header: dict[str, object] = {"alg": "EdDSA", "kid": key_id(key), "typ": "JWT"}
    signed = f"{_part(header)}.{_part(body)}"
    return f"{signed}.{_part(key.sign(signed.encode()))}"
