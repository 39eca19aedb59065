"""Alarms in the code, Prometheus rules and runbook pages are the same set."""

import pathlib
import re
import shutil
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/prometheus/alarms.yml"
RUNBOOKS = ROOT / "docs/runbooks"
SECTIONS = ("What it means", "Who is at risk", "What to do", "Over when")
# Raised by Prometheus alone: a process that is gone or cannot start raises nothing.
WITHOUT_CODE = {"process_down", "not_ready"}


def listed() -> set[str]:
    text = (ROOT / "libs/telemetry/alarms.h").read_text()
    return set(re.findall(r'"([a-z_]+)"', text.split("kAlarmCodes[] = {")[1].split("}")[0]))


def sources() -> list[str]:
    return [
        path.read_text()
        for folder in ("libs", "services", "cli")
        for path in sorted((ROOT / folder).rglob("*.cc")) + sorted((ROOT / folder).rglob("*.h"))
        if not path.name.endswith("_test.cc")
    ]


def raised() -> set[str]:
    """Every code the sources raise, by whatever of the three ways."""
    codes = set()
    for text in sources():
        codes |= set(re.findall(r'\bRaise\(\s*"([a-z_]+)"', text))
        codes |= set(re.findall(r'\bAlarm\([^;]*?,\s*"([a-z_]+)",\s*folder', text))
    judge = (ROOT / "services/sharing/audit/domain/judge.h").read_text()
    findings = judge.split("namespace finding {")[1].split("}  // namespace finding")[0]
    return codes | set(re.findall(r'= "([a-z_]+)"', findings))


def rules() -> dict[str, dict]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["labels"]["code"]: rule for group in groups for rule in group["rules"]}


class AlarmsTest(unittest.TestCase):
    def test_the_list_is_what_the_sources_raise(self):
        self.assertGreater(len(raised()), 15)
        self.assertEqual(listed(), raised())

    def test_every_alarm_has_a_rule_and_a_page_and_no_other_has(self):
        wanted = listed() | WITHOUT_CODE
        self.assertEqual(wanted, set(rules()))
        self.assertEqual(wanted, {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"})
        index = (RUNBOOKS / "README.md").read_text()
        self.assertEqual(wanted, set(re.findall(r"\]\(([a-z_]+)\.md\)", index)))

    def test_a_rule_fires_on_its_own_alarm_and_names_its_page(self):
        for code, rule in rules().items():
            with self.subTest(code):
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
                self.assertEqual(rule["annotations"]["runbook"], f"docs/runbooks/{code}.md")
                if code not in WITHOUT_CODE:
                    self.assertEqual(rule["expr"], f'waymark_alarms{{code="{code}"}} > 0')

    def test_a_page_says_all_four_things(self):
        for page in RUNBOOKS.glob("[a-z]*.md"):
            with self.subTest(page.name):
                parts = re.split(r"^## ", page.read_text(), flags=re.MULTILINE)[1:]
                self.assertEqual([part.split("\n")[0] for part in parts], list(SECTIONS))
                for part in parts:
                    self.assertGreater(len(part.split("\n", 1)[1].strip()), 20)

    @unittest.skipUnless(shutil.which("promtool"), "no promtool here: rules are read as YAML only")
    def test_prometheus_takes_the_rules(self):
        check = subprocess.run(
            ["promtool", "check", "rules", str(RULES)], capture_output=True, text=True
        )
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)


if __name__ == "__main__":
    unittest.main()
