"""Where the binary is, and running a command of it to its end."""

from __future__ import annotations

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WAYMARK_BUILD", ROOT / "build"))
BINARY = BUILD / "bin" / "waymark"

# gRPC of the process under test tells about failed handshakes on standard error otherwise.
ENVIRONMENT = {**os.environ, "GRPC_VERBOSITY": "NONE"}


def run_waymark(
    *arguments: str | pathlib.Path, given: str | None = None, seconds_max: float = 60.0
) -> subprocess.CompletedProcess[str]:
    """Runs `waymark ARGUMENTS` in the root of the repository and waits for its end."""
    return subprocess.run(
        [BINARY, *arguments],
        input=given,
        stdin=subprocess.DEVNULL if given is None else None,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
        timeout=seconds_max,
        check=False,
    )
