"""Proofs of the invented fortnight, checked offline by two verifiers that share no code.

`waymark audit verify` and examples/python/verify_audit.py must accept what the gateways gave and
refuse every change of it.
"""

from __future__ import annotations

import base64
import copy
import json
import pathlib
import shutil
import unittest
from collections.abc import Iterator

import verify_audit
from cryptography.exceptions import InvalidSignature

from harness import fresh_partnership, temporary_folder

WRONG = (verify_audit.Wrong, InvalidSignature, ValueError, KeyError, IndexError, TypeError, OSError)


def flipped(text: str) -> Iterator[str]:
    """Base64 of the same bytes with one bit changed: at the begin, in the middle, at the end."""
    raw = base64.b64decode(text)
    for place in sorted({0, len(raw) // 2, len(raw) - 1}):
        changed = bytearray(raw)
        changed[place] ^= 1
        yield base64.b64encode(changed).decode()


def changed_notes(note: str) -> Iterator[str]:
    """A checkpoint with another origin, size, root and signature."""
    lines = note.split("\n")
    origin, size, root = lines[:3]
    yield note.replace(origin, origin + "x", 1)
    yield "\n".join([origin, str(int(size) + 1), *lines[2:]])
    for other in flipped(root):
        yield note.replace(root, other, 1)
    signature = lines[4].split(" ")[2]
    for other in flipped(signature):
        yield note.replace(signature, other, 1)


def changed_log_proofs(proof: dict) -> Iterator[dict]:
    for name in ("entry", "salt"):
        for other in flipped(proof[name]):
            yield {**proof, name: other}
    yield {**proof, "index": str(int(proof["index"]) + 1)}
    yield {**proof, "path": proof["path"][:-1]}
    for number, text in enumerate(proof["path"]):
        for other in flipped(text):
            yield {**proof, "path": proof["path"][:number] + [other] + proof["path"][number + 1 :]}
    for note in changed_notes(proof["checkpoint"]):
        yield {**proof, "checkpoint": note}


def changed_alerts(alert: dict) -> Iterator[tuple[str, dict]]:
    """Every class of change, with its name."""

    def other(change, what: str) -> tuple[str, dict]:
        changed = copy.deepcopy(alert)
        change(changed)
        return what, changed

    for name in ("alert_id", "case_id", "lead_agency", "raised_at"):
        value = "2020-01-01T00:00:00Z" if name == "raised_at" else "another"
        yield other(lambda a, n=name, v=value: a.update({n: v}), name)
    yield other(lambda a: a.update(version=a["version"] + 1), "version")
    yield other(lambda a: a.update(band="BAND_STANDARD"), "band")
    yield other(lambda a: a["withheld"].update(new="reason"), "withheld")
    yield other(lambda a: a["fields"].update({"person.nickname": "x"}), "a field added")
    for name in alert["fields"]:
        yield other(lambda a, n=name: a["fields"].update({n: "changed"}), f"field {name}")
        yield other(lambda a, n=name: a["fields"].pop(n), f"no field {name}")
    for name in ("lawful_gateway", "clause", "consent_id"):
        yield other(lambda a, n=name: a["basis"].update({n: "another"}), f"basis {name}")
    for salt in flipped(alert["proof"]["salt"]):
        yield other(lambda a, s=salt: a["proof"].update(salt=s), "the alert's salt")
    for sent in changed_log_proofs(alert["proof"]["sent"]):
        yield other(lambda a, s=sent: a["proof"].update(sent=s), "proof.sent")
    yield other(lambda a: a["proof"].update(origins=[]), "no origins")
    for log in changed_log_proofs(alert["proof"]["origins"][0]["log"]):
        yield other(lambda a, p=log: a["proof"]["origins"][0].update(log=p), "origins[0].log")
    for salt in flipped(alert["proof"]["origins"][0]["fields"][0]["salt"]):
        yield other(
            lambda a, s=salt: a["proof"]["origins"][0]["fields"][0].update(salt=s), "a field's salt"
        )
    for name in ("name", "value"):
        yield other(
            lambda a, n=name: a["proof"]["origins"][0]["fields"][0].update({n: "changed"}),
            f"an opening's {name}",
        )


class TheFortnightProven(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership = cls.enterClassContext(fresh_partnership()).start()
        cls.folder: pathlib.Path = cls.enterClassContext(temporary_folder())
        cls.keys_file = cls.folder / "keys"
        done = cls.partnership.run("audit", "keys")
        assert done.returncode == 0, done.stderr
        cls.keys_file.write_text(done.stdout)
        cls.keys = verify_audit.read_keys(done.stdout)
        cls.lines = cls.tail()

    @classmethod
    def tail(cls) -> list[str]:
        count = len(cls.partnership.gateway("housing").alerts())
        done = cls.partnership.run(
            "alerts", "tail", "--as", "housing", "--subscription", "proofs", "--json",
            "--count", str(count),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [line for line in done.stdout.splitlines() if "alert" in json.loads(line)]

    def ours(self, target: pathlib.Path, *arguments: str) -> tuple[int, list[dict]]:
        done = self.partnership.run(
            "audit", "verify", str(target), "--keys", str(self.keys_file), "--json", *arguments
        )
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def theirs(self, check, *arguments) -> bool:
        try:
            check(*arguments)
        except WRONG:
            return False
        return True

    def a_full_alert(self) -> dict:
        alerts = [json.loads(line)["alert"] for line in self.lines]
        return next(alert for alert in alerts if "person.name" in alert["fields"])

    def test_both_accept_every_alert_of_the_fortnight(self):
        self.assertTrue(self.lines)
        target = self.folder / "alerts.jsonl"
        target.write_text("".join(line + "\n" for line in self.lines))
        code, verdicts = self.ours(target)
        self.assertEqual(0, code, [v for v in verdicts if not v["verified"]])
        self.assertEqual(len(self.lines), len(verdicts))
        for line in self.lines:
            verify_audit.check_alert(json.loads(line)["alert"], self.keys)
        self.assertEqual(0, verify_audit.main([str(self.keys_file), str(target)]))

    def test_both_refuse_every_change_of_an_alert(self):
        alert = self.a_full_alert()
        changes = list(changed_alerts(alert))
        self.assertGreater(len(changes), 60)
        target = self.folder / "changed.jsonl"
        target.write_text("".join(json.dumps(changed) + "\n" for _, changed in changes))
        code, verdicts = self.ours(target)
        self.assertEqual(1, code)
        self.assertEqual(len(changes), len(verdicts))
        for (what, changed), verdict in zip(changes, verdicts):
            with self.subTest(what):
                self.assertFalse(verdict["verified"], what)
                for finding in verdict["findings"]:
                    self.assertTrue(finding["means"] and finding["expected"], finding)
                self.assertFalse(self.theirs(verify_audit.check_alert, changed, self.keys), what)

    def test_both_refuse_keys_of_others(self):
        target = self.folder / "one.jsonl"
        target.write_text(json.dumps(self.a_full_alert()) + "\n")
        self.keys_file.rename(self.folder / "kept")
        self.addCleanup((self.folder / "kept").rename, self.keys_file)
        self.keys_file.write_text("# nobody\n")
        code, (verdict,) = self.ours(target)
        self.assertEqual(1, code)
        self.assertEqual({"unknown_log"}, {f["what"] for f in verdict["findings"]} - {"unproven"})
        self.assertFalse(self.theirs(verify_audit.check_alert, self.a_full_alert(), {}))

    def test_both_check_an_exported_log_and_find_every_changed_file(self):
        log = self.folder / "log"
        done = self.partnership.run("audit", "export", str(log), "--as", "police:ann:auditor")
        self.assertEqual(0, done.returncode, done.stderr)
        note = self.folder / "since"
        notes = (p["log"]["checkpoint"] for p in self.a_full_alert()["proof"]["origins"])
        ours = (text for text in notes if text.split("\n")[0].endswith("/police"))
        seen = next(ours, (log / "checkpoint").read_text())
        note.write_text(seen)
        code, verdicts = self.ours(log, "--since", str(note))
        self.assertEqual(0, code, verdicts)
        verify_audit.check_export(log, self.keys, seen)
        for path in sorted(path for path in log.rglob("*") if path.is_file()):
            whole = path.read_bytes()
            for place in (0, len(whole) // 2):
                changed = bytearray(whole)
                changed[place] ^= 1
                path.write_bytes(changed)
                with self.subTest(path.relative_to(log), place=place):
                    self.assertEqual(1, self.ours(log)[0])
                    self.assertFalse(self.theirs(verify_audit.check_export, log, self.keys, None))
            path.unlink()
            if path.name != "openings.jsonl":
                self.assertEqual(1, self.ours(log)[0], path)
                self.assertFalse(self.theirs(verify_audit.check_export, log, self.keys, None))
            path.write_bytes(whole)
        self.assertEqual(0, self.ours(log)[0])
        shutil.rmtree(log)

    def test_only_an_auditor_gets_the_log(self):
        done = self.partnership.run(
            "audit", "export", str(self.folder / "none"), "--as", "police:ann:officer"
        )
        self.assertEqual(5, done.returncode, done.stderr)


if __name__ == "__main__":
    unittest.main()
