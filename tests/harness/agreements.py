"""Signing a changed agreement again, as all its parties would (libs/crypto/signed_file.h)."""

from __future__ import annotations

import base64
import hashlib
import pathlib

from harness.identity import key_id, signing_key


def _prefixed(*fields: bytes) -> bytes:
    return b"".join(len(field).to_bytes(8, "big") + field for field in fields)


def sign_again(data: pathlib.Path, agreement: pathlib.Path) -> None:
    """Writes the signatures of every member of the partnership at `data` beside `agreement`."""
    digest = hashlib.sha256(agreement.read_bytes()).digest()
    lines = ["waymark-signatures v1", "context agreement", f"sha256 {digest.hex()}"]
    for home in sorted((data / "agencies").iterdir()):
        key = signing_key(home / "gateway" / "keys" / "signing.pem")
        party = home.name
        signature = key.sign(
            _prefixed(b"waymark-signed-file-v1", b"agreement", party.encode(), digest)
        )
        encoded = base64.b64encode(signature).decode()
        lines.append(f"signature {party} {key_id(key)} {encoded}")
    beside = agreement.with_name(agreement.name + ".signatures")
    beside.write_text("\n".join(lines) + "\n", encoding="ascii")
