"""Dashboards, compose files and process configurations hold together, without a container engine."""

import json
import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
AGENCIES = ("police", "council", "housing", "fire")
CORE = ("intake", "risk", "casemgr")
PROCESSES = [*CORE, *(f"gateway-{agency}" for agency in AGENCIES)]


def metrics_of_the_code() -> set[str]:
    names = set()
    for folder in ("libs", "services", "cli"):
        for path in (ROOT / folder).rglob("*.cc"):
            if not path.name.endswith("_test.cc"):
                names |= set(re.findall(r'"(waymark_[a-z_]+)"', path.read_text()))
    return names


class DashboardsTest(unittest.TestCase):
    def test_every_metric_shown_exists(self):
        code = metrics_of_the_code()
        boards = list((ROOT / "deploy/grafana/dashboards").glob("*.json"))
        self.assertTrue(boards)
        for file in boards:
            board = json.loads(file.read_text())
            self.assertGreater(len(board["panels"]), 5)
            for panel in board["panels"]:
                for target in panel["targets"]:
                    used = set(re.findall(r"\b(?:waymark_[a-z_]+|up|ALERTS)\b", target["expr"]))
                    self.assertTrue(used, panel["title"])
                    self.assertEqual(used - code - {"up", "ALERTS"}, set(), panel["title"])

    def test_prometheus_asks_every_process(self):
        config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
        targets = config["scrape_configs"][0]["static_configs"][0]["targets"]
        self.assertEqual(sorted(targets), sorted(f"{name}-ops:7531" for name in PROCESSES))


class ComposeTest(unittest.TestCase):
    def test_every_container_is_held_tight(self):
        for name, service in COMPOSE["services"].items():
            with self.subTest(name):
                self.assertIs(service["read_only"], True)
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                self.assertNotIn(service["user"].split(":")[0], ("0", "root"))
                self.assertRegex(service["mem_limit"], r"^\d+[mg]$")
                self.assertNotRegex(service["image"], r"latest|^[^:]+$")
                for port in service.get("ports", []):
                    self.assertTrue(port.startswith("127.0.0.1:"), port)
                for variable, value in (service.get("environment") or {}).items():
                    self.assertNotRegex(variable.upper(), "PASSWORD|SECRET|KEY", value)

    def test_a_process_sees_its_own_secrets_only(self):
        for name, service in COMPOSE["services"].items():
            if name == "set-up":
                continue
            volumes = [volume.split(":") for volume in service.get("volumes", [])]
            secrets = [v[0] for v in volumes if v[0].endswith("-secrets") or v[0] == "operators"]
            with self.subTest(name):
                owner = name.split("-")[-1].replace("kafka", "broker")
                allowed = {"topics": ["operators"], "prometheus": [], "grafana": []}
                self.assertEqual(secrets, allowed.get(name, [f"{owner}-secrets"]))
                for volume in volumes:
                    writable = volume[0].endswith("-data")
                    self.assertEqual(volume[-1] == "ro", not writable, volume)

    def test_an_agency_reaches_its_own_gateway_only(self):
        services = COMPOSE["services"]
        for agency in AGENCIES:
            network = f"agency-{agency}"
            self.assertEqual(services[f"desk-{agency}"]["networks"], [network])
            there = {n for n, s in services.items() if network in s.get("networks", [])}
            self.assertEqual(there, {f"desk-{agency}", f"gateway-{agency}"})
        self.assertTrue(COMPOSE["networks"]["partnership"]["internal"])
        for name in PROCESSES:
            network = f"ops-{name.removeprefix('gateway-')}"
            there = {n for n, s in services.items() if network in s.get("networks", [])}
            self.assertEqual(there, {name, "prometheus"})
            self.assertTrue(COMPOSE["networks"][network]["internal"])

    def test_configurations_are_for_the_service_that_mounts_them(self):
        for name in PROCESSES:
            config = yaml.safe_load((ROOT / f"deploy/docker/config/{name}.yaml").read_text())
            with self.subTest(name):
                kind, _, agency = name.partition("-")
                self.assertEqual(config["service"], kind)
                self.assertEqual(config.get("agency", ""), agency)
                self.assertEqual(config["operator"], f"{name}-ops:7531")
                mounts = COMPOSE["services"][name]["volumes"]
                self.assertIn(
                    f"./deploy/docker/config/{name}.yaml:/etc/waymark/config.yaml:ro", mounts
                )
                network = f"ops-{name.removeprefix('gateway-')}"
                aliases = COMPOSE["services"][name]["networks"][network]["aliases"]
                self.assertEqual(aliases, [f"{name}-ops"])

    def test_the_old_and_the_new_program_can_read_it(self):
        text = (ROOT / "docker-compose.yml").read_text()
        self.assertNotIn("version", COMPOSE)  # 1.29 takes the Compose specification without it
        self.assertNotIn("name", COMPOSE)  # 1.29 refuses it
        self.assertNotIn("develop:", text)

    def test_production_changes_no_restriction_and_makes_no_secrets(self):
        overlay = yaml.safe_load((ROOT / "docker-compose.production.yml").read_text())
        self.assertEqual(overlay["services"]["set-up"]["command"], ["true"])
        for name, service in overlay["services"].items():
            self.assertIn(name, COMPOSE["services"])
            held = {"user", "read_only", "cap_drop", "security_opt", "networks", "privileged"}
            self.assertEqual(held & set(service), set(), name)
        secret = {v for v in COMPOSE["volumes"] if v.endswith("-secrets")}
        self.assertEqual(secret - set(overlay["volumes"]), set())


if __name__ == "__main__":
    unittest.main()
