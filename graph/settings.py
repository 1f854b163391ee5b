"""Settings: where the data is, and what a request may cost.

One frozen value, made once at an edge from the environment (`CROSSWALK_…`) and then passed on;
no other module reads the environment. A plain dataclass rather than pydantic-settings: the
command line answers in the time that importing pydantic takes.
"""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.errors import ParameterError, UnknownParameterError
from graph.terms import shipped_data

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "CROSSWALK_"

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def _setting(default: Any, about: str, *, least: float | None = None) -> Any:
    return field(default=default, metadata={"about": about, "least": least})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set, with its unit in the name and a sentence of help."""

    data_dir: Path = _setting(shipped_data(), "Folder of the data, laid out like `ontology/`.")
    releases_dir: Path = _setting(
        Path("releases"), "Folder of releases that are served below /releases."
    )
    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8000, "Port to listen on.", least=0)
    public_url: str = _setting(
        "", "Address under which clients reach the service; empty: as they asked."
    )
    query_seconds: float = _setting(
        10.0, "Longest a foreign SPARQL query may take, in seconds.", least=0.05
    )
    query_memory_mib: int = _setting(
        1024, "Most memory a foreign query may take beyond the data, in MiB.", least=16
    )
    query_answer_mib: int = _setting(
        64, "Largest answer to a foreign query, in MiB; past it the query is refused.", least=1
    )
    query_text_kb: int = _setting(256, "Longest text of a foreign query, in kB.", least=1)
    query_nesting: int = _setting(200, "Deepest nesting of brackets in a foreign query.", least=1)
    query_workers_warm: int = _setting(
        1, "Worker processes that wait for queries; more are born as needed.", least=1
    )
    query_workers_most: int = _setting(8, "Foreign queries that may run at once.", least=1)
    query_waiting_most: int = _setting(
        64, "Foreign queries that may wait for a worker; one more is refused with 503.", least=0
    )
    analytics_seconds: float = _setting(
        20.0, "Longest an analytic may take over HTTP, in seconds.", least=0.05
    )
    analytics_waiting_most: int = _setting(
        32, "Analytics that may wait for their turn; one more is refused with 503.", least=0
    )
    planner_seconds: float = _setting(
        10.0, "Longest the planner may search for the smallest course plan, in seconds.", least=0
    )
    body_kb: int = _setting(512, "Largest request body, in kB, after decompression.", least=1)
    upload_mib: int = _setting(
        4, "Largest course plan that may be sent, in MiB; nothing of it is kept.", least=1
    )
    reconcile_queries_most: int = _setting(
        200, "Reconciliation queries, or rows to extend, in one request; more are refused.", least=1
    )
    cache_mib: int = _setting(
        64, "Memory for answers kept as bytes, in MiB; 0 keeps none.", least=0
    )

    private: bool = _setting(
        False,
        "Whether to show `private/wording.tsv` of the data at `/private/…`, to this machine alone.",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from `CROSSWALK_…` variables; what is not set keeps its default.

        Raises
        ------
        ParameterError
            If a variable is unknown or has a value that it cannot have.
        """
        values: dict[str, Any] = {}
        known = {PREFIX + spec.name.upper(): spec for spec in fields(cls)}
        for name, text in environment.items():
            if not name.startswith(PREFIX):
                continue
            if name not in known:
                raise UnknownParameterError(name, text, sorted(known))
            values[known[name].name] = _parse(name, text, known[name])
        return cls(**values)


def _parse(name: str, text: str, spec: Field[Any]) -> Any:
    default: Any = spec.default
    if isinstance(default, bool):
        if text.lower() not in _YES | _NO:
            raise ParameterError(name, text, "true or false")
        return text.lower() in _YES
    try:
        value: Any = Path(text) if isinstance(default, Path) else type(default)(text)
    except ValueError:
        raise ParameterError(name, text, f"a value like {default}") from None
    least = spec.metadata["least"]
    if least is not None and value < least:
        raise ParameterError(name, text, f"a number of at least {least}")
    return value


def settings_table() -> str:
    """All settings as a Markdown table, for the README."""
    lines = ["| Variable | Default | What it is |", "| --- | --- | --- |"]
    for spec in fields(Settings):
        shown = str(spec.default).lower() if isinstance(spec.default, bool) else spec.default
        default = "the shipped data" if spec.name == "data_dir" else f"`{shown}`"
        if spec.default == "":
            default = "empty"
        lines.append(f"| `{PREFIX}{spec.name.upper()}` | {default} | {spec.metadata['about']} |")
    return "\n".join(lines)
