"""Checks Waymark's proofs offline. Needs nothing of Waymark: only hashlib and `cryptography`.

    python verify_audit.py KEYS TARGET [SINCE]

KEYS is a file with what `waymark audit keys` prints. TARGET is a file with what `waymark alerts
tail --json` prints, or the folder that `waymark audit export` made; SINCE an older checkpoint that
the folder must continue. Prints a line for each thing checked. Exit code: 0 all of it holds, 1
something does not. The formats: proto/waymark/audit/v1/proof.proto, RFC 6962, https://c2sp.org.
"""

import base64
import datetime
import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):
    """What does not hold."""


def need(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(what)


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def commit(*fields: bytes) -> bytes:
    """SHA-256 of the fields, each behind its length as 8 bytes, big-endian."""
    return sha(b"".join(len(field).to_bytes(8, "big") + field for field in fields))


def node(left: bytes, right: bytes) -> bytes:
    return sha(b"\x01" + left + right)


def decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def read_keys(text: str) -> dict[str, tuple[bytes, Ed25519PublicKey]]:
    """Of logs (kind 1), by name: the key's hash and the key."""
    keys = {}
    for line in filter(None, text.splitlines()):
        name, digest, key = line.split("+", 2)
        raw = decode(key)
        need(sha(name.encode() + b"\n" + raw)[:4].hex() == digest, f"the hash of the key {name}")
        if raw[0] == 1:
            keys[name] = bytes.fromhex(digest), Ed25519PublicKey.from_public_bytes(raw[1:])
    return keys


def read_note(note: str, keys: dict) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that its log signed."""
    body, _, signatures = note.rpartition("\n\n")
    origin, size, root = body.split("\n")[:3]
    need(origin in keys, f"a trusted key of {origin}")
    digest, key = keys[origin]
    for line in signatures.splitlines():
        dash, name, value = line.split(" ")
        raw = decode(value)
        if (dash, name, raw[:4]) == ("\u2014", origin, digest):
            key.verify(raw[4:], (body + "\n").encode())
            need(size == str(int(size)), "a size without leading zeros")
            return origin, int(size), decode(root)
    raise Wrong(f"a signature of {origin}")


def parts_of(data: bytes):
    """Number and value of each field of a protobuf message: an int or bytes."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at, value, shift = at + 1, value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value

    while at < len(data):
        tag, value = varint(), varint()
        if tag & 7 == 2:
            need(at + value <= len(data), "an entry that is whole")
            at, value = at + value, data[at : at + value]
        else:
            need(tag & 7 == 0, "an entry of the known kinds of field")
        yield tag >> 3, value


def read_entry(data: bytes) -> dict:
    """What matters here of a serialised AuditEntry: what (1), at (2), facts (7)."""
    entry: dict = {"what": "", "at": 0.0, "facts": {}}
    for number, value in parts_of(data):
        if number == 1:
            entry["what"] = value.decode()
        elif number == 2:
            at = dict(parts_of(value))
            entry["at"] = at.get(1, 0) + at.get(2, 0) / 1e9
        elif number == 7:
            pair = dict(parts_of(value))
            entry["facts"][pair.get(1, b"").decode()] = pair.get(2, b"").decode()
    return entry


def need_before_end(facts: dict[str, str], at: float) -> None:
    for end in filter(None, (facts.get("expires_at"), facts.get("lease_until"))):
        need(at < datetime.datetime.fromisoformat(end).timestamp(), "a hand-over before its end")


def check_log(proof: dict, keys: dict) -> tuple[str, dict]:
    """The origin and the entry of a LogProof, in JSON."""
    origin, size, root = read_note(proof["checkpoint"], keys)
    salt, data, index = decode(proof["salt"]), decode(proof["entry"]), int(proof["index"])
    need(len(salt) == 16 and index < size, "a salt of 16 bytes and a place within the log")
    value = sha(b"\x00" + commit(b"waymark-audit-leaf-v1", salt, data))
    last, place = size - 1, index
    for text in proof.get("path", []):  # RFC 9162 section 2.1.3.2
        other = decode(text)
        need(last > 0 and len(other) == 32, "a path of the right length")
        if place & 1 or place == last:
            value = node(other, value)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            value = node(value, other)
        place, last = place >> 1, last >> 1
    need(last == 0 and value == root, "a path from the entry to the signed root")
    return origin, read_entry(data)


def flat(value: object, path: str = "") -> dict[str, str]:
    """Path to value of everything in an alert that is not empty, 0, false or unspecified."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        empty = not value or path in ("band", "category") and str(value).endswith("_UNSPECIFIED")
        return {} if empty else {path: str(value)}
    found = {}
    for key, part in parts:
        if (path, key) != ("", "proof"):
            found |= flat(part, f"{path}.{key}" if path else str(key))
    return found


def check_alert(alert: dict, keys: dict) -> str:
    proof = alert["proof"]
    sender, sent = check_log(proof["sent"], keys)
    domain, _, agency = sender.partition("/audit/")
    facts = sent["facts"]
    need(sent["what"] == "alert_sent", "an alert_sent")
    stated = (facts["alert"], facts["version"])
    need(stated == (alert["alert_id"], str(alert["version"])), "the alert that was sent")
    values = sorted((path.encode(), text.encode()) for path, text in flat(alert).items())
    salt = decode(proof["salt"])
    content = commit(b"waymark-alert-v1", salt, *(part for pair in values for part in pair))
    need(len(salt) == 16 and content.hex() == facts["content"], "the alert as it was sent")
    merged: dict[str, str] = {}
    for number, disclosure in enumerate(proof.get("origins", [])):
        origin, entry = check_log(disclosure["log"], keys)
        facts, opened = entry["facts"], set()
        pushed = entry["what"] == "share_decided" and facts.get("state") == "pushed"
        need(pushed or entry["what"] == "share_fetched", "a disclosure")
        ours = origin.startswith(domain + "/audit/") and facts["recipient"] == agency
        need(ours, "a disclosure to the agency that sent the alert")
        need(facts["case"] == alert["case_id"], "a disclosure of this case")
        need_before_end(facts, max(entry["at"], sent["at"]))
        for field in disclosure["fields"]:
            name, value, salt = field["name"], field["value"], decode(field["salt"])
            known = commit(b"waymark-field-v1", salt, name.encode(), value.encode()).hex()
            need(len(salt) == 16 and name not in opened and facts.get("field." + name) == known,
                 f"{name} as it was disclosed")
            opened.add(name)
            held = merged.setdefault(name, value)
            merged[name] = held if held == value else f"{held} / {value}"
        basis = alert.get("basis") or {}
        for name in ("lawful_gateway", "clause", "consent_id", "expires_at"):
            fact = facts.get("consent" if name == "consent_id" else name, "")
            need(number > 0 or (basis.get(name) or "") == fact, f"basis.{name}")
    need(merged == alert.get("fields", {}), "the fields that the origins disclosed")
    return f"alert {alert['alert_id']} version {alert['version']}"


def root_of(hashes: list[bytes]) -> bytes:
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha(b"")
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root_of(hashes[:half]), root_of(hashes[half:]))


def tile(folder: pathlib.Path, row: str, number: int, width: int) -> bytes:
    name = f"{number % 1000:03}"
    while number := number // 1000:
        name = f"x{number % 1000:03}/{name}"
    return (folder / "tile" / row / (name if width == 256 else f"{name}.p/{width}")).read_bytes()


def check_export(folder: pathlib.Path, keys: dict, since: str | None) -> str:
    origin, size, root = read_note((folder / "checkpoint").read_text("utf-8"), keys)
    entries: list[bytes] = []
    for number in range(-(-size // 256)):
        width = min(256, size - number * 256)
        data = tile(folder, "entries", number, width)
        parts = [data[i : i + 34] for i in range(0, len(data), 34)]
        need(len(data) == width * 34 and all(part[:2] == b"\x00\x20" for part in parts),
             "entries of 32 bytes")
        entries += [part[2:] for part in parts]
    leaves = [sha(b"\x00" + entry) for entry in entries]
    need(root_of(leaves) == root, "the root of the entries")
    level, hashes = 0, leaves
    while hashes:
        for start in range(0, len(hashes), 256):
            part = hashes[start : start + 256]
            need(tile(folder, str(level), start // 256, len(part)) == b"".join(part), "the tiles")
        hashes = [root_of(hashes[i : i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1
    opened, last = 0, -1
    for line in (folder / "openings.jsonl").read_text("utf-8").splitlines():
        opening = json.loads(line)
        index, data = opening["index"], decode(opening["entry"])
        need(last < index < size, "each leaf once, in order")
        need(commit(b"waymark-audit-leaf-v1", decode(opening["salt"]), data) == entries[index],
             f"leaf {index} as it was recorded")
        opened, last = opened + 1, index
    if since:
        before, old_size, old_root = read_note(since, keys)
        need(before == origin and old_size <= size, "a log that was not cut off")
        need(root_of(leaves[:old_size]) == old_root, "a log that was not rewritten")
    return f"log {origin}: {size} leaves, {opened} of them readable"


def main(arguments: list[str]) -> int:
    keys = read_keys(pathlib.Path(arguments[0]).read_text("utf-8"))
    target = pathlib.Path(arguments[1])
    try:
        if target.is_dir():
            since = pathlib.Path(arguments[2]).read_text("utf-8") if len(arguments) > 2 else None
            print("VERIFIED ", check_export(target, keys, since))
            return 0
        for line in filter(None, target.read_text("utf-8").splitlines()):
            message = json.loads(line)
            if "alert" in message:
                print("VERIFIED ", check_alert(message["alert"], keys))
    except (Wrong, InvalidSignature, ValueError, KeyError, IndexError, TypeError, OSError) as wrong:
        print("NOT VERIFIED ", wrong or "a signature does not hold")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
