"""The real binary as a child process, and clients of it; README.md says what is where."""

from harness.binary import ROOT, run_waymark
from harness.partnership import Partnership, StartRefused
from harness.template import fresh_partnership, story_lines, temporary_folder

__all__ = [
    "ROOT",
    "Partnership",
    "StartRefused",
    "fresh_partnership",
    "run_waymark",
    "story_lines",
    "temporary_folder",
]
