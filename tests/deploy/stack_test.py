"""The stack of docker-compose.yml, started and validated, where there is a container engine.

The image is made of the programs built here. Skipped, with the reason, where there is no engine, or where
the images it rests on can neither be found nor fetched.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WAYMARK_BUILD", ROOT / "build"))
PROGRAMS = ("waymark", "waymark-intake", "waymark-risk", "waymark-casemgr", "waymark-gateway")
IMAGES = ("debian:bookworm-slim", "apache/kafka:4.1.1")
PROJECT = "waymarktest"


def succeeds(*words: str, timeout: int = 60) -> bool:
    done = subprocess.run(words, capture_output=True, timeout=timeout, check=False)
    return done.returncode == 0


def why_not() -> str | None:
    if shutil.which("docker") is None:
        return "no container engine: there is no program docker"
    if not succeeds("docker", "info"):
        return "no container engine: docker does not answer"
    if shutil.which("docker-compose") is None and not succeeds("docker", "compose", "version"):
        return "there is neither docker-compose nor docker compose"
    for program in PROGRAMS:
        if not (BUILD / "bin" / program).exists():
            return f"{program} is not built"
    for image in IMAGES:
        if not succeeds("docker", "image", "inspect", image) and not succeeds(
                "docker", "pull", image, timeout=300):
            return f"the image {image} is not here and cannot be fetched"
    return None


class StackTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        reason = why_not()
        if reason:
            print(f"SKIPPED, the stack was not tried: {reason}", flush=True)
            raise unittest.SkipTest(reason)
        cls.environment = {**os.environ, "WAYMARK_VERSION": "test", "WAYMARK_IMAGE_TARGET": "prebuilt",
                           **{f"WAYMARK_PORT_{a}": "" for a in ("POLICE", "COUNCIL", "HOUSING", "FIRE")}}
        with tempfile.TemporaryDirectory() as context:
            for folder in ("packs", "agreements", "deploy"):
                shutil.copytree(ROOT / folder, f"{context}/{folder}")
            for program in PROGRAMS:
                subprocess.run(["strip", "-o", f"{context}/deploy/docker/binaries/{program}",
                                BUILD / "bin" / program], check=True)
            cls.run_or_fail("docker", "build", "--network", "host", "--target", "prebuilt", "--tag",
                            "waymark:test", "--file", f"{context}/deploy/docker/Dockerfile", context)

    @classmethod
    def run_or_fail(cls, *words: str) -> str:
        done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, timeout=600,
                              env=cls.environment, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def test_it_starts_and_holds(self):
        compose = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
        compose += ["-p", PROJECT]
        self.addCleanup(self.run_or_fail, *compose, "--profile", "desk", "down", "--volumes",
                        "--remove-orphans")
        self.run_or_fail(*compose, "up", "-d", "--no-build")
        print(self.run_or_fail("deploy/validate.py", "--project", PROJECT), flush=True)


if __name__ == "__main__":
    unittest.main()
