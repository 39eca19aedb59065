"""Mutual TLS: who this system is, and whose gateway it believes."""

from __future__ import annotations

import dataclasses
import pathlib

import grpc

# A gateway takes messages of up to 1 MiB and sends up to 4 MiB.
_RECEIVE_BYTES_MAX = 4 << 20


@dataclasses.dataclass(frozen=True)
class SystemCertificate:
    """The certificate that names a system, its private key, and the authority of the partnership.

    All three are PEM. The certificate's URI says which agency the system belongs to and in which
    role; it can never stand for a person.
    """

    certificate: bytes
    private_key: bytes = dataclasses.field(repr=False)
    authority: bytes

    @classmethod
    def from_folder(cls, folder: str | pathlib.Path) -> SystemCertificate:
        """Reads `cert.pem`, `key.pem` and `ca.pem`."""
        path = pathlib.Path(folder)
        return cls(
            certificate=(path / "cert.pem").read_bytes(),
            private_key=(path / "key.pem").read_bytes(),
            authority=(path / "ca.pem").read_bytes(),
        )


def open_channel(target: str, certificate: SystemCertificate) -> grpc.Channel:
    """A channel to the gateway at `target` ("host:port"); connects when it is first used.

    The gateway's certificate must be of the partnership's authority and name the host. Certificates
    are renewed often: open a new channel when the files have changed. Close it after use.
    """
    credentials = grpc.ssl_channel_credentials(
        root_certificates=certificate.authority,
        private_key=certificate.private_key,
        certificate_chain=certificate.certificate,
    )
    options = [
        ("grpc.max_receive_message_length", _RECEIVE_BYTES_MAX),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.max_reconnect_backoff_ms", 10_000),
    ]
    return grpc.secure_channel(target, credentials, options)
