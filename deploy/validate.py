#!/usr/bin/env python3
"""Does the stack of docker-compose.yml work, and can nobody reach what they should not?

    deploy/validate.py [--project NAME] [--wait SECONDS]

Looks at a stack that `docker-compose up -d` has started: jobs and health, what the containers may do,
who reaches whom, one incident from a police system to a landlord's alert, and `waymark doctor` in
every process. Prints one line for each; ends with 0 when all hold. It leaves one invented incident.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]
JOBS = ("set-up", "topics")
CORE = {"intake": 7510, "risk": 7511, "casemgr": 7512}
AGENCIES = ("police", "council", "housing", "fire")
GATEWAYS = tuple(f"gateway-{agency}" for agency in AGENCIES)
LSOA = "E01099666"


class Stack:
    def __init__(self, project: str | None):
        program = ["docker-compose"]
        if shutil.which("docker-compose") is None:
            program = ["docker", "compose"]
        self.compose = program + (["-p", project] if project else [])
        self.failures = 0

    def run(self, *words: str, stdin: str = "", timeout: int = 120) -> subprocess.CompletedProcess:
        return subprocess.run([*self.compose, *words], input=stdin, capture_output=True, text=True,
                              cwd=ROOT, timeout=timeout, check=False)

    def desk(self, agency: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess:
        return self.run("run", "--rm", "-T", f"desk-{agency}", *words, stdin=stdin)

    def inspect(self, service: str) -> dict | None:
        ids = self.run("ps", "-a", "-q", service).stdout.split()
        if not ids:  # 1.29 lists stopped ones without -a
            ids = self.run("ps", "-q", service).stdout.split()
        if not ids:
            return None
        shown = subprocess.run(["docker", "inspect", ids[0]], capture_output=True, text=True,
                               check=True)
        return json.loads(shown.stdout)[0]

    def say(self, good: bool, what: str, why: str = "") -> bool:
        print(f"{'ok    ' if good else 'BROKEN'}  {what}{': ' + why if why and not good else ''}",
              flush=True)
        self.failures += 0 if good else 1
        return good

    # ---- Jobs, health, restrictions ----

    def starts(self, wait: float) -> bool:
        end = time.monotonic() + wait
        waiting = [*JOBS, "kafka", *CORE, *GATEWAYS]
        why = {}
        while waiting and time.monotonic() < end:
            for service in list(waiting):
                why[service] = self.state(service)
                if why[service] == "":
                    waiting.remove(service)
                    self.say(True, f"{service} {'has done its work' if service in JOBS else 'is healthy'}")
            if waiting:
                time.sleep(1)
        for service in waiting:
            self.say(False, service, why[service])
        return not waiting

    def state(self, service: str) -> str:
        """"" when it is as it should be."""
        found = self.inspect(service)
        if found is None:
            return "there is no container"
        state = found["State"]
        if service in JOBS:
            done = state["Status"] == "exited" and state["ExitCode"] == 0
            return "" if done else f"{state['Status']}, exit code {state['ExitCode']}"
        health = state.get("Health", {}).get("Status", "no health check")
        return "" if health == "healthy" else f"{state['Status']}, {health}"

    def is_held(self, service: str) -> None:
        found = self.inspect(service)
        host = found["HostConfig"]
        self.say(found["Config"]["User"].split(":")[0] not in ("", "0", "root"), f"{service} is not root")
        self.say(host["ReadonlyRootfs"] and not host["Privileged"], f"{service} cannot write its image")
        self.say(host["CapDrop"] == ["ALL"] and "no-new-privileges:true" in host["SecurityOpt"],
                 f"{service} has no capabilities and gains none")
        self.say(host["Memory"] > 0, f"{service} has a limit of memory")

    # ---- Who reaches whom ----

    def dial(self, host: str, port: int) -> list[str]:
        return ["timeout", "3", "bash", "-c", f"exec 3<>/dev/tcp/{host}/{port}"]

    def networks_hold(self) -> None:
        own = self.desk("police", *self.dial("gateway-police", 7501))
        self.say(own.returncode == 0, "police's systems reach police's gateway", own.stderr[-200:])
        for host, port in {**CORE, "kafka": 9093, "gateway-housing": 7501,
                           "gateway-police-ops": 7531}.items():
            other = self.desk("police", *self.dial(host, port))
            self.say(other.returncode != 0, f"police's systems do not reach {host}")
        for host, port in {"kafka": 9093, "intake": 7510, "casemgr": 7512,
                           "gateway-housing": 7501}.items():
            peer = self.run("exec", "-T", "gateway-police", *self.dial(host, port))
            self.say(peer.returncode == 0, f"police's gateway reaches {host}", peer.stderr[-200:])
        peer = self.run("exec", "-T", "gateway-police", *self.dial("gateway-housing-ops", 7531))
        self.say(peer.returncode != 0, "police's gateway does not reach housing's operator port")

    # ---- The road ----

    def an_alert_arrives(self) -> None:
        stock = self.desk("housing", "waymark", "stock", "register", "-", "--as", "housing",
                          "--system", "housing", stdin=f"{LSOA}\n")
        self.say(stock.returncode == 0, "housing registers its stock", stock.stderr[-300:])
        reference = f"VALIDATE-{uuid.uuid4().hex[:12]}"
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        incident = {
            "source_reference": reference, "occurred_at": now, "reported_at": now,
            "category": "CATEGORY_PERSONAL", "type": "noise", "channel": "call_101", "lsoa": LSOA,
            "grading": {"harm": "significant", "pattern": "escalating"},
            "parties": [{"roles": ["ROLE_CALLER", "ROLE_VICTIM"], "identity": {
                "given_name": "Vera", "family_name": f"Validate{uuid.uuid4().hex[:6]}",
                "telephone": f"0161 496 0{uuid.uuid4().int % 1000:03}"}}]}
        published = self.desk("police", "waymark", "publish", "-", "--as", "police", "--system",
                              "cad", stdin=json.dumps(incident) + "\n")
        self.say(published.returncode == 0, "police publishes a HIGH",
                 (published.stdout + published.stderr)[-600:])
        tail = self.desk("housing", "waymark", "alerts", "tail", "--count", "1", "--json", "--as",
                         "housing", "--system", "housing", "--subscription", reference.lower())
        self.say(tail.returncode == 0 and LSOA in tail.stdout, "housing has the alert",
                 (tail.stdout + tail.stderr)[-600:])
        self.say("Vera" not in tail.stdout, "and it names nobody")

    def the_doctor_finds_nothing(self, service: str) -> None:
        found = self.run("exec", "-T", service, "waymark", "doctor", "--config",
                         "/etc/waymark/config.yaml", "--json")
        try:
            findings = json.loads(found.stdout)["findings"]
        except (ValueError, KeyError):
            self.say(False, f"doctor at {service}", (found.stdout + found.stderr)[-400:])
            return
        broken = [f"{f['what']}: {f['reason']}" for f in findings if f["result"] == "BROKEN"]
        self.say(not broken, f"doctor at {service}, {len(findings)} things", "; ".join(broken))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project")
    parser.add_argument("--wait", type=float, default=120, help="seconds for the start [120]")
    options = parser.parse_args()
    stack = Stack(options.project)
    began = time.monotonic()
    if not stack.starts(options.wait):
        return 1
    stack.an_alert_arrives()
    print(f"        the first alert came {time.monotonic() - began:.0f} s after this began")
    for service in (*CORE, *GATEWAYS, "kafka"):
        stack.is_held(service)
    stack.networks_hold()
    for service in (*CORE, *GATEWAYS):
        stack.the_doctor_finds_nothing(service)
    print("all holds" if stack.failures == 0 else f"{stack.failures} things are broken")
    return 0 if stack.failures == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
