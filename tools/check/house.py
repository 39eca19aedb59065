#!/usr/bin/env python3
"""The rules of the house, checked: layers, who may include which library, sizes, forbidden calls.

Run without arguments it checks the whole tree and prints one line for each breach. The rules are
data at the top of this file; docs/house-rules.md says why each exists.
"""

import pathlib
import re
import sys
from typing import Iterable, NamedTuple

LINE_MAX = 100  # columns
FILE_MAX = 500  # lines
FUNCTION_MAX = 70  # lines

# Folders that hold pure code: the standard library, absl and each other, nothing else.
PURE_LIBRARIES = ("base", "calendar", "pack", "rules", "agreement")

# An outside library and the one folder that may include it.
ONLY_IN = {
    "rocksdb/": "libs/store/",
    "openssl/": "libs/crypto/",
    "grpcpp/": "libs/rpc/",
    "grpc/": "libs/rpc/",
    "librdkafka/": "libs/eventlog/",
    "yaml-cpp/": "libs/config/",
    "phonenumbers/": "libs/identifiers/",
    "unicode/": "libs/identifiers/",
    "spdlog/": "libs/telemetry/",
}

# Who may include one all the same: the checker shares no code with what it checks, so it opens
# stores and seals by itself. In turn it may include nothing of this tree but itself and the protos.
ALSO_IN = {"rocksdb/": "tests/checker/", "openssl/": "tests/checker/"}
CHECKER = "tests/checker/"

# Headers of the system that pure code may include all the same: where randomness comes from.
SYSTEM_HEADERS = {("libs/base/clock.cc", "sys/random.h")}

# Calls that make a run depend on something other than its inputs, and where they may stand.
FORBIDDEN_CALLS = {
    r"\babsl::Now\(": "libs/base/",
    r"\bsystem_clock::now\b": "libs/base/",
    r"\bsteady_clock::now\b": "libs/base/",
    r"\bstd::time\(": "libs/base/",
    r"\bgettimeofday\(": "libs/base/",
    r"\bclock_gettime\(": "libs/base/",
    r"\bgetrandom\(": "libs/base/",
    r"\brandom_device\b": "libs/base/",
    r"\bRAND_bytes\(": "libs/base/",
    r"\bsrand\(": "libs/base/",
    r"\bsleep_for\b": "libs/base/",
    r"\babsl::SleepFor\b": "libs/base/",
    r"\busleep\(": "libs/base/",
}

SERVICES = ("intake", "risk", "casemgr", "sharing")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Breach(NamedTuple):
    file: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.text}"


def strip_literals(text: str) -> str:
    """Blanks comments, strings and characters, keeping every newline in place."""

    def blank(match: re.Match) -> str:
        return re.sub(r"[^\n]", " ", match.group(0))

    pattern = (
        r'R"([^(\s]*)\((?:.|\n)*?\)\1"'
        r'|"(?:\\.|[^"\\\n])*"'
        r"|'(?:\\.|[^'\\\n])+'"
        r"|//[^\n]*"
        r"|/\*(?:.|\n)*?\*/"
    )
    return re.sub(pattern, blank, re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "_", text))


def functions(code: str) -> Iterable[tuple[int, int]]:
    """(first line, length in lines) of every function body, found by its braces."""
    stack: list[tuple[str, int]] = []
    head_start = 0
    for match in re.finditer(r"[{};]", code):
        mark, at = match.group(0), match.start()
        if mark == "{":
            head = code[head_start:at]
            inside_function = any(kind == "function" for kind, _ in stack)
            if re.search(r"\b(namespace|extern)\b[^;()]*$", head):
                kind = "namespace"
            elif re.search(r"\b(class|struct|union|enum)\b[^;()=]*$", head):
                kind = "type"
            elif not inside_function and ")" in head and "=" not in head.split(")")[-1]:
                kind = "function"
            else:
                kind = "block"
            stack.append((kind, at))
        elif mark == "}" and stack:
            kind, start = stack.pop()
            if kind == "function":
                first = code.count("\n", 0, start) + 1
                yield first, code.count("\n", start, at) + 1
        head_start = match.end()


def layer_breach(file: str, include: str, quoted: bool) -> str | None:
    """Why `file` may not include `include`, or None."""
    for prefix, home in ONLY_IN.items():
        if include.startswith(prefix) and not file.startswith((home, ALSO_IN.get(prefix, home))):
            return f"only {home} may include {prefix}"
    if file.startswith(CHECKER) and include.startswith(("libs/", "services/", "cli/")):
        return f"the checker includes {include}; it shares no code with what it checks"
    part = file.split("/")
    pure_library = part[0] == "libs" and part[1] in PURE_LIBRARIES
    domain = part[0] == "services" and "domain" in part[2:-1]
    if not (pure_library or domain):
        return service_breach(part, include, quoted)
    if re.search(r"_(test|bench)\.cc$", file):
        return None
    if not quoted:
        if "/" not in include or (file, include) in SYSTEM_HEADERS:
            return None
        return f"pure code includes <{include}>"
    if include.startswith("absl/"):
        return None
    allowed = [f"libs/{name}/" for name in PURE_LIBRARIES]
    if domain:
        allowed.append(f"services/{part[1]}/")
        if include.startswith(f"services/{part[1]}/") and "/domain/" not in include:
            return f"a domain includes {include}, which is not of a domain"
    if any(include.startswith(prefix) for prefix in allowed):
        return None
    return f"pure code includes {include}"


def service_breach(part: list[str], include: str, quoted: bool) -> str | None:
    """Services meet only through proto/, and libraries know nothing of services."""
    if not quoted or not include.startswith("services/"):
        return None
    if part[0] == "libs":
        return f"a library includes {include}"
    if part[0] == "services" and part[1] in SERVICES and include.split("/")[1] != part[1]:
        return f"service {part[1]} includes {include}; services meet only through proto/"
    return None


def check_source(file: str, text: str) -> list[Breach]:
    breaches = []
    lines = text.split("\n")
    if len(lines) - 1 > FILE_MAX:
        breaches.append(Breach(file, 1, "file", f"{len(lines) - 1} lines, at most {FILE_MAX}"))
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_MAX:
            breaches.append(Breach(file, number, "line", f"{len(line)} columns, at most {LINE_MAX}"))
        include = INCLUDE.match(line)
        if include:
            why = layer_breach(file, include.group(2), include.group(1) == '"')
            if why:
                breaches.append(Breach(file, number, "layer", why))
    code = strip_literals(text)
    for first, length in functions(code):
        if length > FUNCTION_MAX:
            breaches.append(
                Breach(file, first, "function", f"{length} lines, at most {FUNCTION_MAX}"))
    for pattern, home in FORBIDDEN_CALLS.items():
        if file.startswith(home):
            continue
        for match in re.finditer(pattern, code):
            number = code.count("\n", 0, match.start()) + 1
            breaches.append(Breach(file, number, "call", f"{match.group(0)} belongs in {home}"))
    return breaches


def check_readmes(root: pathlib.Path) -> list[Breach]:
    breaches = []
    for parent in ("libs", "services"):
        for folder in sorted((root / parent).glob("*/")):
            if (folder / "CMakeLists.txt").exists() and not (folder / "README.md").exists():
                name = folder.relative_to(root).as_posix()
                breaches.append(Breach(name, 1, "readme", "the folder has no README.md"))
    return breaches


def sources(root: pathlib.Path) -> Iterable[pathlib.Path]:
    for top in ("libs", "services", "cli", "tests", "bench"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                yield path


def check_tree(root: pathlib.Path) -> list[Breach]:
    breaches = check_readmes(root)
    for path in sources(root):
        breaches += check_source(path.relative_to(root).as_posix(), path.read_text("utf-8"))
    return breaches


def main() -> int:
    root = pathlib.Path(__file__).resolve().parents[2]
    breaches = check_tree(root)
    for breach in breaches:
        print(breach)
    print(f"house rules: {len(breaches)} breaches")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
