"""Analytics in the service: one at work, each with an end, whether the API asks or a page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from graph.errors import ParameterError, QueryTimeoutError, UnknownParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeVar

    from api.service import Service
    from graph.analytics.analytic import Analytic, Outcome, Progress
    from graph.catalogue import Catalogue

    Result = TypeVar("Result")


def names_of(analytic: Analytic) -> tuple[str, ...]:
    """The parameters of a question: both frameworks, and the analytic's own."""
    return "from", "to", *(parameter.name for parameter in analytic.parameters)


def once(given: Iterable[tuple[str, str]], known: Sequence[str]) -> dict[str, str]:
    """Parameters of a request, each at most once.

    Raises
    ------
    UnknownParameterError, ParameterError
        If one is not known, or has two values.
    """
    found: dict[str, str] = {}
    for name, value in given:
        if name not in known:
            raise UnknownParameterError(name, value, sorted(known))
        if name in found and found[name] != value:
            raise ParameterError(name, value, f"one value, and has {found[name]!r} already")
        found[name] = value
    return found


def outcome_of(
    catalogue: Catalogue, analytic: Analytic, question: Mapping[str, str], progress: Progress
) -> Outcome:
    """The answer to a question whose values are texts, as they come in an address.

    Raises
    ------
    ParameterError, NotFoundError
        If the question cannot be asked.
    """
    options = analytic.options({k: v for k, v in question.items() if k not in ("from", "to")})
    return analytic.run(
        catalogue, question.get("from"), question.get("to"), options, progress=progress
    )


async def analyze(
    service: Service,
    analytic: Analytic,
    question: Mapping[str, str],
    then: Callable[[Outcome], Result],
) -> Result:
    """Answer a question when it is its turn, and make something of the answer.

    Raises
    ------
    ParameterError, NotFoundError
        If the question cannot be asked; what can be told without the data, before any wait.
    QueryBusyError
        If too many wait already.
    QueryTimeoutError
        If it takes longer than the service allows.
    """
    analytic.options({k: v for k, v in question.items() if k not in ("from", "to")})

    def job(progress: Progress) -> Result:
        return then(outcome_of(service.catalogue, analytic, question, progress))

    return await in_turn(service, analytic.name, job)


async def in_turn(service: Service, name: str, job: Callable[[Progress], Result]) -> Result:
    """Do long work when it is its turn, in a thread, with a `progress` that ends it in time.

    Raises
    ------
    QueryBusyError
        If too many wait already.
    QueryTimeoutError
        If it takes longer than the service allows.
    """
    kind = f"analytics {name}"

    def timed() -> Any:
        return job(_deadline(name, service.settings.analytics_seconds))

    async with service.analytics_turns.turn(service.settings.analytics_waiting_most):
        try:
            result: Result = await service.run(kind, timed)
        finally:
            # How long an analytic takes depends on what is asked more than on its name: the next
            # one must not be done on the loop because this one was quick.
            service.durations.pop(kind, None)
    return result


def _deadline(name: str, seconds: float) -> Progress:
    """A `progress` that stops work which takes too long."""
    until = time.monotonic() + seconds

    def progress(done: int, total: int) -> None:
        if time.monotonic() > until and done < total:
            raise QueryTimeoutError(
                f"{name} did not end within {seconds:g} s ({done} of {total} done); ask for less, "
                "or run: crosswalk analyze",
                limit="analytics_seconds",
            )

    return progress
