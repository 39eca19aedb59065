#!/usr/bin/env python3
"""Takes guards away, one at a time, and requires that a named test notices.

    try_guards.py --stand             every guard's text stands where guards.py says (quick)
    try_guards.py TREE [NAME...]      in a copy of the tree at TREE (made anew), build and test
"""

import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from guards import GUARDS, Guard  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


def standing() -> list[str]:
    """What is wrong with the list: a line for each guard that is not where it should be."""
    wrong = []
    for guard in GUARDS:
        times = (ROOT / guard.file).read_text().count(guard.text)
        if times != 1:
            wrong.append(
                f"{guard.name}: its text stands {times} times in {guard.file}; wanted once. "
                "Say in tests/guards/guards.py where the guard is now."
            )
    return wrong


def copy_tree(tree: pathlib.Path) -> None:
    """The files under version control as they are in the working folder."""
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    for file in files:
        target = tree / file
        source = ROOT / file
        if not source.is_file():
            continue
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def build(tree: pathlib.Path, targets: list[str]) -> bool:
    done = subprocess.run(["./dev", "build", *targets], cwd=tree, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout[-3000:], done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


def failing(tree: pathlib.Path, guard: Guard) -> list[str]:
    """The tests of the guard's targets that fail, by name."""
    log = subprocess.run(
        ["ctest", "--test-dir", "build", "-R", guard.test, "-j", "2", "--timeout", "120"],
        cwd=tree,
        capture_output=True,
        text=True,
    ).stdout
    lines = log.split("The following tests FAILED:")[-1].splitlines() if "tests FAILED" in log else []
    return [
        line.split(" - ", 1)[1].rsplit(" (", 1)[0]
        for line in lines
        if " - " in line and "(Not Run)" not in line and "_NOT_BUILT" not in line
    ]


def try_guard(tree: pathlib.Path, guard: Guard) -> bool:
    source = tree / guard.file
    whole = source.read_text()
    source.write_text(whole.replace(guard.text, guard.without))
    began = time.monotonic()
    try:
        if not build(tree, guard.target.split()):
            print(f"  ?  {guard.name}: does not compile without it")
            return False
        failed = failing(tree, guard)
    finally:
        source.write_text(whole)
    took = time.monotonic() - began
    if not failed:
        print(f"  !  {guard.name}: NOTHING fails without it ({guard.promise}) [{took:.0f} s]")
        return False
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    print(f"  ok {guard.name}: {failed[0]}{more} [{took:.0f} s]", flush=True)
    return True


def main(arguments: list[str]) -> int:
    wrong = standing()
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong or arguments == ["--stand"]:
        return 1 if wrong else 0
    tree, names = pathlib.Path(arguments[0]).resolve(), arguments[1:]
    unknown = set(names) - {guard.name for guard in GUARDS}
    if unknown:
        print(f"no such guard: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [guard for guard in GUARDS if not names or guard.name in names]
    copy_tree(tree)
    held = [try_guard(tree, guard) for guard in chosen]
    print(f"{sum(held)} of {len(held)} guards are held by a test")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
