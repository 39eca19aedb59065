"""How long to wait before trying again."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Callable, Iterator


@dataclasses.dataclass(frozen=True)
class Waiting:
    """Waits twice as long each time, up to a maximum, each a little different at random."""

    first_seconds: float = 0.2
    most_seconds: float = 10.0
    attempts: int = 8  # in a row without any success
    sleep: Callable[[float], None] = time.sleep

    def pauses(self) -> Iterator[float]:
        """One pause for each further attempt."""
        seconds = self.first_seconds
        for _ in range(self.attempts - 1):
            yield seconds * random.uniform(0.5, 1.0)
            seconds = min(2 * seconds, self.most_seconds)
