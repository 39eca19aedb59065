"""What can go wrong with a call: refused for good with reasons, or to be tried again later."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import grpc
from google.protobuf.message import DecodeError

from waymark.common.v1 import problem_pb2

# The trailing metadata in which a gateway says everything it found wrong with a request.
PROBLEM_TRAILER = "waymark-problem-bin"

# Nothing was decided: the same request may succeed later.
TRY_AGAIN = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
    }
)


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that was wrong, never with the content of the field."""

    code: str  # stable, for programs: "future_dated"
    field: str  # "parties[0].identity.telephone"; "" when no single field is wrong
    wanted: str  # what would have been accepted
    remedy: str  # what to do next

    def __str__(self) -> str:
        where = f" at {self.field}" if self.field else ""
        return f"{self.code}{where}: wanted {self.wanted}; {self.remedy}"


def problems_of(message: problem_pb2.Problems) -> tuple[Problem, ...]:
    return tuple(Problem(p.code, p.field, p.wanted, p.remedy) for p in message.problems)


class CallFailed(Exception):
    """A call to a gateway did not succeed; `code` is gRPC's status."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(f"{code.name}: {message}")
        self.code = code


class Refused(CallFailed):
    """The gateway will not do this; `problems` says why and what to do. Nothing was stored."""

    def __init__(
        self, code: grpc.StatusCode, message: str, problems: Iterable[Problem] = ()
    ) -> None:
        super().__init__(code, message)
        self.problems = tuple(problems)


class Unavailable(CallFailed):
    """Nobody decided: the gateway is away, busy or draining. Try the same call again."""


def failure_of(error: grpc.RpcError) -> CallFailed:
    """The failed call as one of the two kinds above."""
    code: grpc.StatusCode = error.code()
    message: str = error.details() or ""
    if code in TRY_AGAIN:
        return Unavailable(code, message)
    return Refused(code, message, _trailer_problems(error))


def _trailer_problems(error: grpc.RpcError) -> tuple[Problem, ...]:
    for key, value in error.trailing_metadata() or ():
        if key != PROBLEM_TRAILER:
            continue
        try:
            return problems_of(problem_pb2.Problems.FromString(value))
        except DecodeError:
            return ()
    return ()
