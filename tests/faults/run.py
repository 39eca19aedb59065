"""Lives through faults: start, load, death, again; then heal, wait for quiet, stop and check."""

from __future__ import annotations

import contextlib
import dataclasses
import random
import threading
import time
from collections.abc import Iterator

from faults.book import Book
from faults.clients import Clients, Load
from faults.world import FaultyPartnership, Verdict, faulty_partnership
from harness import StartRefused

PARTS = ("intake", "risk", "casemgr", "police", "council", "housing", "fire")
CRASH_POINTS = (
    "batch.decided",
    "batch.committed",
    "batch.answered",
    "relay.packed",
    "relay.appended",
    "effect.performed",
)
# A round that is meant to end by itself is ended after this long.
ROUND_SECONDS_MAX = 20.0


@dataclasses.dataclass(frozen=True)
class Death:
    """How a process is started, and how it ends."""

    arguments: tuple[str, ...] = ()
    # None: by what the arguments say.
    kill_after_seconds: float | None = None
    # "part:point" that has to be reached, and at which visit first.
    point: str = ""
    visit: int = 0

    def attempts(self) -> list[Death]:
        """How often a point is passed depends on how much goes into a batch: the first is sure."""
        if not self.point:
            return [self]
        visits = sorted({self.visit, (self.visit + 1) // 2, 1}, reverse=True)
        crashes = [("--crash", f"{self.point}:{visit}") for visit in visits]
        return [dataclasses.replace(self, arguments=(*self.arguments, *c)) for c in crashes]

    def __str__(self) -> str:
        after = f"killed after {self.kill_after_seconds:.1f} s" if self.kill_after_seconds else ""
        return " ".join([*self.arguments, after]).strip()


@dataclasses.dataclass
class Outcome:
    """What a run was like, for whoever reads a failure."""

    verdict: Verdict
    deaths: list[str]
    lines: dict[str, int]
    errors: list[str]
    quiet: bool
    spent: dict[str, float]  # seconds
    reached: list[str]  # "part:point" of every death at one

    def __str__(self) -> str:
        told = ", ".join(f"{count} {what}" for what, count in sorted(self.lines.items()))
        deaths = "\n".join(f"  {death}" for death in self.deaths)
        spent = ", ".join(f"{seconds:.1f} s {what}" for what, seconds in self.spent.items())
        errors = "".join(f"\nclient: {error}" for error in self.errors[:5])
        return f"{self.verdict}\nafter\n{deaths}\nbooked: {told}\n{spent}{errors}"


def crash(part: str, point: str, count: int) -> Death:
    return Death(("--crash", f"{part}:{point}:{count}"))


def surely_crash(part: str, point: str, visit: int, *arguments: str) -> Death:
    """At that visit of the point, at an earlier one where it is not visited so often."""
    return Death(arguments, point=f"{part}:{point}", visit=visit)


class Run:
    """One partnership through one list of deaths."""

    def __init__(self, partnership: FaultyPartnership, seed: int) -> None:
        self.partnership = partnership
        self.book = Book(partnership.data.parent / "book.jsonl")
        self.clients = Clients(partnership, self.book, seed)
        self.deaths: list[str] = []
        self.reached: list[str] = []
        self.spent: dict[str, float] = {}

    @contextlib.contextmanager
    def timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.spent[what] = self.spent.get(what, 0.0) + time.monotonic() - began

    def round(self, death: Death, load: Load) -> None:
        """Starts, loads until it dies or the load is done; the process is gone afterwards."""
        partnership = self.partnership
        try:
            with self.timed("starting"):
                partnership.start(*death.arguments)
        except StartRefused as refused:
            self._died(death, refused.exit_code)
            return
        self.clients.subscribe()
        with self.timed("under load"):
            working = threading.Thread(target=self.clients.run, args=(load,), daemon=True)
            working.start()
            code = self._wait_for_end(working, death)
            if code is None:
                partnership.kill()
            else:
                partnership.forget()
            working.join()
        self._died(death, code)

    def _wait_for_end(self, working: threading.Thread, death: Death) -> int | None:
        """The exit code; None when it is to be killed: its time is over or there is no load left."""
        end = time.monotonic() + (death.kill_after_seconds or ROUND_SECONDS_MAX)
        while time.monotonic() < end:
            last = not working.is_alive()
            code = self.partnership.ended(0.5 if last else 0.1)
            if code is not None or (last and death.kill_after_seconds is None):
                return code
        return None

    def _died(self, death: Death, code: int | None) -> None:
        how = f"{death} (exit code {code})" if code is not None else f"{death} (SIGKILL)"
        self.deaths.append(how)
        if self.partnership.reached():
            self.reached.append(self.partnership.reached())
        self.book.write("killed", how=how)

    def heal(self, *arguments: str) -> bool:
        """Starts what is left without faults; everything gets its answer; quiet, then stopped."""
        with self.timed("starting"):
            self.partnership.start(*arguments)
        self.clients.subscribe()
        with self.timed("answering what is left"):
            self.clients.finish()
        with self.timed("settling"):
            quiet = self.partnership.wait_until_quiet()
            self.clients.leave()
            quiet = self.partnership.wait_until_quiet() and quiet
        if quiet:
            self.book.write("settled")
        self.partnership.terminate()
        self.book.close()
        return quiet


def live_through(
    deaths: list[Death],
    load: Load,
    seed: int,
    rebuild: bool = True,
    healed_with: tuple[str, ...] = (),
) -> Outcome:
    """A whole run in a new partnership; `healed_with` are arguments of its last start."""
    with faulty_partnership() as partnership:
        run = Run(partnership, seed)
        for death in deaths:
            for attempt in death.attempts():
                run.round(attempt, load)
                if not death.point or death.point in run.reached:
                    break
        quiet = run.heal(*healed_with)
        with run.timed("checking"):
            verdict = partnership.check(run.book.path)
        if rebuild:
            with run.timed("rebuilding"):
                rebuilt = partnership.compare_with_rebuilt()
            verdict.findings.extend(rebuilt.findings)
            verdict.checked.update(rebuilt.checked)
    clients = run.clients
    return Outcome(verdict, run.deaths, run.book.lines, clients.errors, quiet, run.spent, run.reached)


def random_death(choice: random.Random) -> Death:
    """One of every kind: at a moment, at a named point, with the power, with the disk."""
    kind = choice.randrange(6)
    part = choice.choice(PARTS)
    if kind == 0:
        return Death(kill_after_seconds=choice.uniform(0.3, 4.0))
    if kind == 1:
        return Death(("--lose-unsynced",), kill_after_seconds=choice.uniform(0.3, 4.0))
    if kind == 2:
        failure = choice.choice(("write:full", "write:io", "sync:io", "read:io"))
        store = choice.choice((*PARTS, "log"))
        return Death(("--fail", f"{store}:{failure}:{choice.randrange(1, 400)}"))
    death = crash(part, choice.choice(CRASH_POINTS), choice.randrange(1, 60))
    if choice.random() < 0.3:
        return Death((*death.arguments, "--lose-unsynced"))
    return death
