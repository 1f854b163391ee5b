"""A larger crosswalk than anyone has judged yet, in the tables of this project.

The texts are random, but as long as real ones, and the controlled lists and the vocabulary are
the shipped ones. The same options give the same bytes.

    python -m benchmarks.generate FOLDER --alignments 20000
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from graph.build import build, write_build
from graph.tables import COLUMNS, parse_table
from graph.terms import crosswalk_id, shipped_data

if TYPE_CHECKING:
    from collections.abc import Iterable

_ID: Final = "https://w3id.org/competency-crosswalk/id/"
_CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"

_VERBS: Final = (
    "apply assess adapt analyze build collect compare coordinate document engage evaluate explain "
    "facilitate gather guide identify improve integrate interpret lead listen measure monitor "
    "negotiate observe plan prepare question recognize reflect revise share strengthen support "
    "teach test translate weigh"
)
_NOUNS: Final = (
    "agency agreement aim barrier board capacity care caregiver change child client clinic coach "
    "coalition community conflict consent context cost court culture data decision design dignity "
    "duty equity ethics evidence family feedback fidelity funder goal group harm health history "
    "home hospital identity income injustice knowledge law leader learning meeting method need "
    "neighborhood outcome parent partner person plan policy poverty power practice pressure "
    "privilege problem process program race record relationship report research resource right "
    "risk role rule school service setting site skill stigma story strategy student supervision "
    "team theory training trauma treatment trust value voice wage worker youth"
)
_ADJECTIVES: Final = (
    "agreed careful clear common complex critical cultural daily early effective equitable "
    "ethical fair formal fragile honest joint known lasting local mutual new old open overlooked "
    "planned practical professional public reflective regular safe shared social steady useful"
)
_LINKS: Final = "across against before beyond for from in through toward under with without"

_WORDS: Final = [words.split() for words in (_VERBS, _ADJECTIVES, _NOUNS, _LINKS)]

_EVIDENCE: Final = 60
_RESOURCES: Final = 120

#: Of all alignments; about what the judged pairs of the shipped crosswalk have.
_ALIGNED: Final = 0.45
_WITH_EVIDENCE: Final = 0.12
_WITH_AIM: Final = 0.35


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made."""

    frameworks: int = 20
    statements: int = 40
    alignments: int = 20_000
    seed: int = 1


@dataclass(slots=True)
class _Writer:
    """Everything random comes from one generator, so that a seed decides all."""

    folder: Path
    size: Size
    random: random.Random
    titles: dict[str, str] = field(default_factory=dict)

    def phrase(self, words: int) -> str:
        """Words that look like English and mean nothing."""
        text = " ".join(self.random.choice(_WORDS[place % 4]) for place in range(words))
        return text[0].upper() + text[1:]

    def table(self, name: str, kind: str, rows: Iterable[dict[str, str]], top: str = "") -> None:
        """Write one table; a cell that a row does not name is empty."""
        columns = COLUMNS[kind]
        lines = ["\t".join(columns)]
        lines += ["\t".join(row.get(column, "") for column in columns) for row in rows]
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(top + "\n".join(lines) + "\n", encoding="utf-8")


def generate(folder: Path, size: Size) -> int:
    """Write the tables of a generated crosswalk, compile them, and count the triples."""
    writer = _Writer(folder, size, random.Random(size.seed))
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("schemes.tsv", "vocabulary.ttl", "context.jsonld"):
        shutil.copy(shipped_data() / name, folder / name)
    names = [f"made-{number:02}" for number in range(1, size.frameworks + 1)]
    _write_prefixes(writer, names)
    _write_frameworks(writer, names)
    _write_evidence(writer)
    _write_resources(writer)
    pairs = [*itertools.combinations(names, 2)]
    share, rest = divmod(size.alignments, len(pairs))
    for place, (subject, object_) in enumerate(pairs):
        _write_crosswalk(writer, subject, object_, share + (place < rest))
    built = build(folder)
    write_build(folder, built)
    manifest = built.files["MANIFEST.tsv"].splitlines()[2:]
    return sum(int(line.split("\t")[2]) for line in manifest)


def _write_prefixes(writer: _Writer, names: list[str]) -> None:
    lines = (shipped_data() / "prefixes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [dict(zip(COLUMNS["prefixes.tsv"], line.split("\t"), strict=True)) for line in lines]
    rows += [{"prefix": name, "iri": f"{_ID}{name}/"} for name in names]
    writer.table("prefixes.tsv", "prefixes.tsv", sorted(rows, key=lambda row: row["prefix"]))


def _write_frameworks(writer: _Writer, names: list[str]) -> None:
    frameworks = []
    for place, name in enumerate(names):
        frameworks.append(
            {
                "id": name,
                "title": f"{writer.phrase(6)} ({name})",
                "version": "1",
                "issued": str(2000 + place),
                "publisher": "Nobody",
                "description": writer.phrase(20),
                "citation": f"Nobody ({2000 + place}). {writer.phrase(9)}.",
                "url": f"https://example.org/{name}",
                "confidence": "high",
                # Every second one is a new edition of the one before it.
                "revision_of": names[place - 1] if place % 2 else "",
            }
        )
        writer.table(f"frameworks/{name}.tsv", "frameworks/*.tsv", _statements(writer, name))
    writer.table("frameworks.tsv", "frameworks.tsv", frameworks)


def _statements(writer: _Writer, framework: str) -> list[dict[str, str]]:
    """Competencies, each with three behaviors; nothing below the last one if it does not fit."""
    rows: list[dict[str, str]] = []
    for number in range(writer.size.statements):
        above, part = divmod(number, 4)
        parent = f"{framework}:{above + 1}"
        key = f"{parent}.{'abc'[part - 1]}" if part else parent
        writer.titles[key] = writer.phrase(5)
        rows.append(
            {
                "id": key,
                "level": "behavior" if part else "competency",
                "parent": parent if part else "",
                "title": writer.titles[key],
                "description": f"{writer.phrase(16)}.",
                "citation": f"Nobody. {writer.phrase(10)}. {key}.",
                "url": f"https://example.org/{framework}/{number}",
                "confidence": writer.random.choice(("high", "medium")),
            }
        )
    return rows


def _write_evidence(writer: _Writer) -> None:
    rows = [
        {
            "id": f"source-{number:02}",
            "kind": "publication",
            "citation": f"Nobody ({1990 + number % 30}). {writer.phrase(9)}.",
            "url": f"https://example.org/evidence/{number:02}",
            "finding": f"{writer.phrase(16)}.",
        }
        for number in range(_EVIDENCE)
    ]
    writer.table("evidence.tsv", "evidence.tsv", rows)


def _write_resources(writer: _Writer) -> None:
    competencies = sorted(writer.titles)
    rows = [
        {
            "competency": writer.random.choice(competencies),
            "title": f"{writer.phrase(4)} {number}",
            "description": f"{writer.phrase(14)}.",
            "citation": f"Nobody. {writer.phrase(8)}.",
            "url": f"https://example.org/resource/{number}",
        }
        for number in range(_RESOURCES)
    ]
    writer.table("resources.tsv", "resources.tsv", rows)


def _write_crosswalk(writer: _Writer, subject: str, object_: str, count: int) -> None:
    name = crosswalk_id(subject, object_)
    sides = [
        [key for key in writer.titles if key.startswith(f"{framework}:")]
        for framework in (subject, object_)
    ]
    pairs = writer.random.sample([*itertools.product(*sides)], count)
    rows = [_alignment(writer, *pair) for pair in sorted(pairs)]
    writer.table(
        f"crosswalks/{name}.sssom.tsv", "crosswalks/*.sssom.tsv", rows, _header(subject, object_)
    )


def _alignment(writer: _Writer, subject: str, object_: str) -> dict[str, str]:
    draw = writer.random
    aligned = draw.random() < _ALIGNED
    row = {
        "subject_id": subject,
        "subject_label": writer.titles[subject],
        "predicate_id": "skos:relatedMatch",
        "predicate_modifier": "" if aligned else "Not",
        "object_id": object_,
        "object_label": writer.titles[object_],
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_id": "agent:project",
        "mapping_date": "2026-11-23",
        "confidence": f"{draw.randint(40, 95) / 100:.2f}",
        "comment": f"{writer.phrase(draw.randint(24, 34))}.",
        "ext_status": "proposed",
    }
    if not aligned:
        return row
    row["predicate_id"] = draw.choice(
        ("skos:relatedMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch")
    )
    row["ext_strength"] = draw.choice(("strong", "moderate", "moderate", "weak", "weak"))
    row["ext_direction"] = draw.choice(("sw-enhances-isp", "isp-enhances-sw", "mutual", "", ""))
    if draw.random() < _WITH_AIM:
        row["ext_aims"] = draw.choice(("social-justice", "human-rights", "poverty"))
    if draw.random() < _WITH_EVIDENCE:
        row["see_also"] = f"https://example.org/evidence/{draw.randrange(_EVIDENCE):02}"
        row["ext_evidence_supports"] = writer.phrase(10)
    return row


def _header(subject: str, object_: str) -> str:
    header = {
        "curie_map": {name: f"{_ID}{name}/" for name in (subject, object_)},
        "mapping_set_id": f"{_ID}crosswalk/{crosswalk_id(subject, object_)}",
        "mapping_set_title": f"{subject} to {object_}",
        "mapping_set_description": "Generated to measure speed; its verdicts mean nothing.",
        "license": _CC_BY,
        "subject_type": "skos concept",
        "subject_source": f"framework:{subject}",
        "subject_source_version": "1",
        "object_type": "skos concept",
        "object_source": f"framework:{object_}",
        "object_source_version": "1",
        "extension_definitions": _extensions(),
    }
    text = yaml.safe_dump(header, sort_keys=False, width=10_000)
    return "".join(f"#{line}\n" for line in text.splitlines())


@cache
def _extensions() -> object:
    """The declared extension columns, as the shipped crosswalks have them."""
    path = next((shipped_data() / "crosswalks").glob("*.sssom.tsv"))
    header, _, _ = parse_table(path.read_text(encoding="utf-8"), f"crosswalks/{path.name}")
    return header["extension_definitions"]


def main() -> None:
    """Command line."""
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=about)
    parser.add_argument("folder", type=Path, help="where to write; made if it is not there")
    default = Size()
    parser.add_argument("--frameworks", type=int, default=default.frameworks)
    parser.add_argument("--statements", type=int, default=default.statements, help="in each")
    parser.add_argument("--alignments", type=int, default=default.alignments)
    parser.add_argument("--seed", type=int, default=default.seed)
    given = parser.parse_args()
    size = Size(given.frameworks, given.statements, given.alignments, given.seed)
    print(f"{generate(given.folder, size):,} triples in {given.folder}")


if __name__ == "__main__":
    main()
