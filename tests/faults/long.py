"""`./dev faults [--minutes N] [--seed N]`: runs of random deaths, one after the other.

A run that fails prints its seed, its deaths and what the checker found; `--seed` lives it again
(threads and the machine's speed differ, so not to the letter).
"""

from __future__ import annotations

import argparse
import random
import sys
import time

from faults.clients import Load
from faults.run import live_through, random_death

BIG = Load(incidents=400, people=120, consents=40, look_ups=60)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev faults")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long [10]")
    parser.add_argument("--seed", type=int, help="one run only, of this seed")
    parser.add_argument("--deaths", type=int, default=8, help="in one run [8]")
    chosen = parser.parse_args()
    end = time.monotonic() + 60 * chosen.minutes
    seed = chosen.seed if chosen.seed is not None else random.randrange(1 << 32)
    runs = failures = 0
    while True:
        choice = random.Random(seed)
        deaths = [random_death(choice) for _ in range(chosen.deaths)]
        outcome = live_through(deaths, BIG, seed)
        runs += 1
        bad = outcome.verdict.findings or outcome.errors or not outcome.quiet
        failures += bool(bad)
        print(f"{'FAILED' if bad else 'held'}: seed {seed}, {outcome}\n", flush=True)
        if chosen.seed is not None or time.monotonic() > end:
            break
        seed = random.randrange(1 << 32)
    print(f"{runs} runs, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
