"""Ports of 127.0.0.1 for partnerships that run at the same time."""

from __future__ import annotations

import contextlib
import fcntl
import random
import socket
from collections.abc import Iterator

from harness.binary import BUILD

# A partnership listens on some of these, counted from its first port.
WIDTH = 48
# Below the ports that the system hands out by itself.
FIRST, LAST = 12_000, 32_000


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def claimed_ports() -> Iterator[int]:
    """The first of WIDTH free ports; no other test gets them while this is entered."""
    folder = BUILD / "ports"
    folder.mkdir(parents=True, exist_ok=True)
    slots = list(range(FIRST, LAST, WIDTH))
    random.shuffle(slots)
    for first in slots:
        with (folder / str(first)).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if all(_free(port) for port in range(first, first + WIDTH)):
                yield first
                return
    raise RuntimeError("no free ports on 127.0.0.1")
