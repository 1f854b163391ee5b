"""Values of an answer as a page writes them: in words, and what the words mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.model import Relation
from graph.records import DIRECTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.model import Concept
    from graph.store import Value

#: Prefixes that a page leaves out, because the column already says what its values are.
LISTS: Final = (
    "aim", "alignment", "confidence", "crosswalk", "dimension", "direction", "evidence",
    "framework", "level", "resource", "scheme", "sector", "skos", "status", "strength", "system",
    "verdict",
)  # fmt: skip

#: Lists whose terms are words, which a page writes without hyphens.
WORDED: Final = ("aim", "sector", "verdict")

#: How far a source was read, in words.
READING: Final = {
    "high": "read in full",
    "medium": "read in part",
    "imported": "taken over from a file",
}

#: What each relation means, for somebody who does not know SKOS.
RELATION_ABOUT: Final = {
    "exact": "each could replace the other in any assessment",
    "close": "the same ability in two professional dialects",
    "broad": "the second contains the whole of the first, and more",
    "narrow": "the first contains the whole of the second, and more",
    "related": "two abilities that share a component, or one supplies a part of the other",
}

#: How a verdict came about, by the terms of the Semantic Mapping Vocabulary that SSSOM uses.
JUSTIFICATION_WORDS: Final = {
    "semapv:LexicalMatching": "comparing words",
    "semapv:LogicalReasoning": "inference from other verdicts",
    "semapv:ManualMappingCuration": "judging the pair by itself",
    "semapv:MappingChaining": "carrying a verdict over from another edition",
    "semapv:MappingReview": "review",
    "semapv:UnspecifiedMatching": "a way that its source does not state",
}

#: By which rules links are derived from what was judged; each takes in those before it.
REGIME_WORDS: Final = {
    "asserted": "none",
    "skos": "by SKOS",
    "sssom": "by SSSOM",
    "practice": "by practice",
}

#: The author of what this project itself judged.
_PROJECT: Final = "agent:project"

#: Columns whose names are not words that a reader would use.
_HEADS: Final = {
    "behavior_label": "Title of the behavior",
    "counterpart_label": "Title of the counterpart",
    "date": "Day",
    "domain_label": "Title of the domain",
    "label": "Title",
    "parent_label": "Title of the parent",
    "partner_label": "Title of the partner",
    "reading_confidence": "How far it was read",
    "successor_label": "Title of the successor",
    "url": "Address",
}


def heading(key: str) -> str:
    """What a column or a parameter is called.

    >>> heading("not_aligned"), heading("partner_label")
    ('Not aligned', 'Title of the partner')
    """
    return _HEADS.get(key) or key.replace("_", " ").capitalize()


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "competency", "competencies"), counted(2, "source")
    ('1 competency', '2 sources')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def shown(value: Value) -> str:
    """A value as a page writes it: a term of a controlled list without the list's name.

    >>> shown("strength:strong"), shown("skos:closeMatch"), shown("epas-2022:7")
    ('strong', 'close', 'epas-2022:7')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # as scripts write it, in whatever form the engine gave it
    if not isinstance(value, str):
        return str(value)
    list_, colon, term = value.partition(":")
    if not colon or list_ not in LISTS:
        return value
    if list_ == "skos":
        return term.removesuffix("Match")
    return term.replace("-", " ") if list_ in WORDED else term


def terms(value: str | Sequence[str]) -> str:
    """Terms of controlled lists in words, where they stand without the name of their list.

    >>> terms("not-aligned"), terms(["racial-equity", "poverty"]), terms("mutual")
    ('not aligned', 'racial equity, poverty', 'both gain')
    """
    several = [value] if isinstance(value, str) else value
    return ", ".join(DIRECTION_WORDS.get(one, one.replace("-", " ")) for one in several)


def author_words(author: str) -> str:
    """Who judged, as the end of a sentence: `Judged by …`."""
    return "this project" if author == _PROJECT else author


def all_words(catalogue: Catalogue) -> dict[str, str]:
    """What a page writes instead of a CURIE, for all of which `shown` would leave a code.

    Terms of controlled lists by their labels, alignments by their two ends, crosswalks by their
    two frameworks.
    """
    words = {_PROJECT: author_words(_PROJECT), **JUSTIFICATION_WORDS}
    words |= {f"{c.scheme}:{c.id}": _term(c) for c in catalogue.concepts}
    words |= {f"confidence:{key}": text for key, text in READING.items()}
    words |= {f"direction:{key}": text for key, text in DIRECTION_WORDS.items()}
    words |= {
        f"alignment:{a.id}": f"{a.subject_id} and {a.object_id}"
        for a in catalogue.alignments.values()
    }
    words |= {
        f"crosswalk:{key}": f"{c.subject_framework} and {c.object_framework}"
        for key, c in catalogue.crosswalks.items()
    }
    return {value: text for value, text in sorted(words.items()) if text != shown(value)}


def all_meanings(catalogue: Catalogue) -> dict[str, str]:
    """What the terms of controlled lists and the relations mean, by CURIE."""
    meanings = {f"skos:{r.value}Match": RELATION_ABOUT[r.value] for r in Relation}
    meanings |= {f"{c.scheme}:{c.id}": c.definition for c in catalogue.concepts if c.definition}
    return dict(sorted(meanings.items()))


def _term(concept: Concept) -> str:
    """A term within a sentence: a name such as K-12 stays as it is."""
    first, rest = concept.label[:1], concept.label[1:]
    return first.lower() + rest if rest[:1].islower() else concept.label
