"""Official wording that a programme holds a licence for: shown here, and nowhere else.

`private/wording.tsv` in a data folder is read where a person looks at one competency, and at no
other time. Nothing of it comes into the tables, the build, the store, the catalogue or an export,
and no command copies it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.bounded import decode_text
from graph.errors import SourcesError
from graph.model import Finding

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "private/wording.tsv"
COLUMNS: Final = ("competency", "wording", "licence", "source")


@dataclass(frozen=True, slots=True)
class Wording:
    """The official text of one competency, and what allows it to be shown here."""

    competency: str
    wording: str
    licence: str
    source: str


def read_wording(data: Path) -> dict[str, Wording]:
    """The private wording of a data folder by competency; none if there is no such file.

    Raises
    ------
    SourcesError
        With every line that is wrong. No message repeats a wording.
    """
    path = data / FILE
    if not path.is_file():
        return {}
    lines = decode_text(path.read_bytes(), FILE).splitlines()
    findings: list[Finding] = []
    found: dict[str, Wording] = {}
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise SourcesError(
            [Finding(FILE, 1, f"the first line must be {' '.join(COLUMNS)}, tabbed")]
        )
    for number, line in enumerate(lines[1:], start=2):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != len(COLUMNS):
            message = f"has {len(cells)} cells, not {len(COLUMNS)}"
        elif not all(cells):
            message = f"{COLUMNS[cells.index('')]} must not be empty"
        elif cells[0] in found:
            message = f"{cells[0]} stands twice; keep one"
        else:
            found[cells[0]] = Wording(*cells)
            continue
        findings.append(Finding(FILE, number, message))
    if findings:
        raise SourcesError(findings)
    return found
