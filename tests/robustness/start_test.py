"""Starts that must not happen: each stops, says what to do, and damages nothing."""

from __future__ import annotations

import datetime
import pathlib
import re
import unittest

from harness import Partnership, StartRefused, fresh_partnership
from harness.agreements import sign_again
from harness.identity import Authority

# Words of a remedy, one of which every message must have.
TO_DO = re.compile(r"\b(restore|use|set|remove|sign|have|correct|stop|take|put|make|name)\b", re.I)


class Starting(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.partnership: Partnership = cls.enterClassContext(fresh_partnership())
        cls.data = cls.partnership.data

    def tearDown(self) -> None:
        self.partnership.kill()

    def keep(self, path: pathlib.Path) -> bytes:
        """The file's bytes, which come back when the test is over."""
        before = path.read_bytes()
        self.addCleanup(path.write_bytes, before)
        return before

    def change(self, path: pathlib.Path, pattern: str, replacement: str) -> None:
        text, count = re.subn(pattern, replacement, self.keep(path).decode("utf-8"), count=1)
        self.assertEqual(1, count, f"{pattern} is not in {path}")
        path.write_text(text, "utf-8")

    def assert_refused(self, *wanted: str) -> None:
        with self.assertRaises(StartRefused) as caught:
            self.partnership.start()
        refusal = caught.exception
        self.assertIn(refusal.exit_code, range(1, 128), "a refusal is not a crash")
        for words in wanted:
            self.assertIn(words, refusal.output)
        self.assertRegex(refusal.output, TO_DO)

    def test_a_damaged_store_is_not_opened_nor_repaired(self):
        for store in ("agencies/police/gateway/store", "core/intake/store", "log"):
            with self.subTest(store):
                current = next((self.data / store).rglob("CURRENT"))
                before = current.read_bytes()
                current.write_bytes(before[: len(before) // 2])
                try:
                    self.assert_refused(store)
                finally:
                    current.write_bytes(before)
        self.partnership.start()

    def test_a_wrong_partition_count(self):
        self.change(self.partnership.directory, r"core_partitions: 24", "core_partitions: 12")
        self.assert_refused("24", "12", "partition")

    def test_an_expired_certificate_of_a_gateway(self):
        tls = self.data / "agencies" / "housing" / "gateway" / "tls"
        self.keep(tls / "cert.pem")
        self.keep(tls / "key.pem")
        certificate, key = Authority.of(self.data).issue(
            "spiffe://fenland.waymark/agency/housing/gateway",
            not_before=datetime.timedelta(days=-2),
            not_after=datetime.timedelta(days=-1),
        )
        (tls / "cert.pem").write_bytes(certificate)
        (tls / "key.pem").write_bytes(key)
        self.assert_refused("housing", "is valid from", "have a new certificate issued")

    def test_an_expired_agreement(self):
        agreement = self.data / "agreements" / "fenland-isa.yaml"
        self.keep(agreement.with_name(agreement.name + ".signatures"))
        self.change(
            agreement,
            r"review_at: .*\nexpires: .*",
            "review_at: 2025-01-08T00:00:00Z\nexpires: 2025-06-08T00:00:00Z",
        )
        sign_again(self.data, agreement)
        self.assert_refused("fenland-isa", "expired")

    def test_an_agreement_signed_again_is_taken(self):
        """Holds the test before this one to account: signing works, it is the date that counts."""
        agreement = self.data / "agreements" / "fenland-isa.yaml"
        self.keep(agreement.with_name(agreement.name + ".signatures"))
        self.change(agreement, r"title: .*", "title: Sharing, said in other words")
        sign_again(self.data, agreement)
        self.partnership.start()

    def test_an_agreement_altered_after_signing(self):
        agreement = self.data / "agreements" / "fenland-isa.yaml"
        self.change(agreement, r"needs_interest: true", "needs_interest: false")
        self.assert_refused("fenland-isa")

    def test_a_pack_with_an_unknown_key(self):
        self.change(self.data / "packs" / "fenland.yaml", r"(?m)^roles:$", "nonsense: 1\nroles:")
        self.assert_refused("fenland.yaml", "nonsense")

    def test_a_pack_altered_after_signing(self):
        for file in ("fenland.yaml", "statutory.yaml", "parts/risk-matrices.yaml"):
            with self.subTest(file):
                altered = self.data / "packs" / file
                before = altered.read_bytes()
                altered.write_bytes(before + b"# altered\n")
                try:
                    self.assert_refused("fenland.yaml.signatures", "waymark pack sign")
                finally:
                    altered.write_bytes(before)

    def test_a_pack_that_nobody_signed(self):
        signatures = self.data / "packs" / "fenland.yaml.signatures"
        self.keep(signatures)
        signatures.unlink()
        self.assert_refused("fenland.yaml is not signed", "waymark pack sign")

    def test_a_second_process_on_the_same_data(self):
        self.partnership.start()
        with Partnership(self.data) as second:
            with self.assertRaises(StartRefused) as caught:
                second.launch()
                exit_code = second.wait_for_end()
                raise StartRefused(exit_code, second.output())
        self.assertIn(caught.exception.exit_code, range(1, 128))
        self.assertRegex(caught.exception.output, TO_DO)
        # The first is not disturbed.
        self.partnership.wait_until_serving()


if __name__ == "__main__":
    unittest.main()
