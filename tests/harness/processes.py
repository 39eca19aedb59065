"""The same partnership as separate processes and a real Kafka broker (tools/processes.py).

Where no broker can run (no Java, no jars) `why_not()` says so; `./dev test` installs both.
"""

from __future__ import annotations

import contextlib
import pathlib
import shutil
from collections.abc import Iterator

from harness.binary import BUILD
from harness.partnership import Partnership
from harness.ports import claimed_ports
from harness.template import template, temporary_folder
from processes import Process, Processes


def why_not() -> str | None:
    if shutil.which("java") is None:
        return "there is no Java here for the broker; ./dev setup installs it"
    if not any((BUILD / "tools" / "kafka" / "jars").glob("kafka_2.13-*.jar")):
        return "the broker's jars are not here; ./dev test fetches them"
    return None


class SeparatePartnership(Partnership):
    """Used as the one-process form is; `parts` are its processes. The broker runs from the
    beginning of the context to its end."""

    def __init__(self, data: pathlib.Path) -> None:
        super().__init__(data)
        self.processes = Processes(data, BUILD)

    @property
    def parts(self) -> dict[str, Process]:
        if not hasattr(self, "_parts"):
            self._parts = self.processes.parts()
        return self._parts

    def launch(self, *arguments: str) -> None:
        assert not arguments, "separate processes take no arguments of `waymark run`"
        for part in self.parts.values():
            part.start()

    def wait_until_serving(self) -> None:
        for part in self.parts.values():
            part.wait_until_ready()

    def stop(self) -> int:
        """The largest exit code of all."""
        return max(code or 0 for code in [part.stop() for part in reversed(self.parts.values())])

    def kill(self) -> None:
        for part in self.parts.values():
            part.kill()

    def output(self) -> str:
        logs = [part.log for part in self.parts.values() if part.log.exists()]
        return "".join(path.read_text("utf-8", errors="replace") for path in logs)


@contextlib.contextmanager
def separate_partnership(ack: str = "local") -> Iterator[SeparatePartnership]:
    """A copy of the template on its own ports, its log on a broker of its own; not started."""
    with temporary_folder() as folder, claimed_ports() as first:
        data = folder / "data"
        shutil.copytree(template() / "data", data, symlinks=True)
        with SeparatePartnership(data) as partnership:
            partnership.move_to_ports_from(first)
            partnership.processes.write_configs(ack)
            partnership.processes.start_broker()
            try:
                partnership.processes.move_to_broker()
                yield partnership
            finally:
                partnership.kill()
                partnership.processes.broker("kill")
