"""`waymark rules` answers as its specification says, over generated lines with a fixed seed."""

from __future__ import annotations

import json
import subprocess
import unittest

import compare

SEED = 20261122
LINES = 12_000
ANSWERED, BAD_USAGE, SOME_NOT_ANSWERED = 0, 2, 3


def run(*arguments: str, lines: str = "") -> subprocess.CompletedProcess:
    return subprocess.run([compare.PROGRAM, "rules", *arguments], cwd=compare.ROOT, check=False,
                          input=lines.encode(), capture_output=True)


class OracleTest(unittest.TestCase):
    def test_every_answer_is_the_specification_s(self) -> None:
        found, status = compare.differences(SEED, LINES)
        self.assertEqual(found[:3], [])
        self.assertEqual(status, SOME_NOT_ANSWERED)

    def test_a_wrong_answer_would_be_seen(self) -> None:
        question = b'{"op":"effective","now":"2026-03-01T09:00:00Z","assessments":[]}'
        right = {"id": None, "result": {"band": None, "by": []}, "pack": "fenland"}
        self.assertIsNone(compare.difference(1, question, right))
        for wrong in ({"band": "HIGH", "by": []}, {"band": None}, {"band": None, "by": ["a"]}):
            self.assertIsNotNone(compare.difference(1, question, {**right, "result": wrong}))
        refused = {"id": None, "error": {"code": "malformed", "field": None, "message": "line 1"}}
        self.assertIsNotNone(compare.difference(1, question, refused))
        self.assertIsNotNone(compare.difference(1, b"{}", refused))
        self.assertIsNotNone(compare.difference(2, b"{", refused))
        self.assertIsNone(compare.difference(1, b"{", refused))

    def test_exit_statuses(self) -> None:
        good = '{"op":"grade","harm":"low","pattern":"regular"}\n'
        self.assertEqual(run(lines=good * 3).returncode, ANSWERED)
        self.assertEqual(run(lines="").returncode, ANSWERED)
        mixed = run(lines=good + "\n" + good)
        self.assertEqual(mixed.returncode, SOME_NOT_ANSWERED)
        codes = [json.loads(line).get("error", {}).get("code")
                 for line in mixed.stdout.splitlines()]
        self.assertEqual(codes, [None, "malformed", None])
        for arguments in (("--pack", "nowhere"), ("--pack",), ("--colour",), ("more",)):
            bad = run(*arguments, lines=good)
            self.assertEqual(bad.returncode, BAD_USAGE, arguments)
            self.assertEqual(bad.stdout, b"", arguments)
            self.assertNotEqual(bad.stderr, b"", arguments)


if __name__ == "__main__":
    unittest.main()
