"""A partnership that has lived through the invented fortnight: made once, and copied.

`waymark run --exit --json` makes it. Its own checks are in tests/e2e/story_test.py.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import pathlib
import shutil
import tempfile
from collections.abc import Iterator

from harness.binary import BINARY, BUILD, ROOT, run_waymark
from harness.partnership import Partnership
from harness.ports import claimed_ports

STORY_SECONDS_MAX = 240.0


def _made_from() -> str:
    """Names the binary and the rules that a template was made with."""
    digest = hashlib.sha256()
    status = BINARY.stat()
    digest.update(f"{status.st_mtime_ns} {status.st_size}".encode())
    for folder in ("packs", "agreements"):
        for path in sorted((ROOT / folder).rglob("*.yaml")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def template() -> pathlib.Path:
    """The folder with `data/` and `story.jsonl`; tests copy it and leave it as it is."""
    home = BUILD / "partnerships"
    home.mkdir(parents=True, exist_ok=True)
    ready = home / f"fortnight-{_made_from()}"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            for old in home.glob("fortnight-*"):
                shutil.rmtree(old)
            _tell_into(ready)
    return ready


def _tell_into(ready: pathlib.Path) -> None:
    half = pathlib.Path(tempfile.mkdtemp(prefix="telling-", dir=ready.parent))
    try:
        with claimed_ports() as first:
            told = run_waymark(
                *("run", "--data", half / "data", "--port", str(first), "--exit", "--json"),
                seconds_max=STORY_SECONDS_MAX,
            )
        if told.returncode != 0:
            raise AssertionError(
                f"the fortnight ended with {told.returncode}:\n{told.stdout}\n{told.stderr}"
            )
        (half / "story.jsonl").write_text(told.stdout, "utf-8")
        half.rename(ready)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def story_lines() -> list[dict]:
    """What the telling said, one object a line."""
    text = (template() / "story.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@contextlib.contextmanager
def temporary_folder() -> Iterator[pathlib.Path]:
    (BUILD / "partnerships").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="test-", dir=BUILD / "partnerships") as folder:
        yield pathlib.Path(folder)


_instead: Partnership | None = None


def use_instead(partnership: Partnership | None) -> None:
    """Tests written for a fresh partnership use this one, which others use too and which goes on."""
    global _instead
    _instead = partnership


@contextlib.contextmanager
def fresh_partnership() -> Iterator[Partnership]:
    """A copy of the template with its own ports, not started; removed at the end."""
    if _instead is not None:
        yield _instead
        return
    with temporary_folder() as folder, claimed_ports() as first:
        data = folder / "data"
        shutil.copytree(template() / "data", data, symlinks=True)
        with Partnership(data) as partnership:
            partnership.move_to_ports_from(first)
            yield partnership
