"""Open Badges 3.0: an achievement for each competency, with what it aligns with elsewhere.

An issuer copies one `Achievement` into its own system, puts its own `id`, `criteria` and image in
and keeps the `alignment` list; or copies only entries of that list into an achievement that exists
(Open Badges 3.0, "Achievement" and "Alignment"). An alignment of a badge has no relation and no
strength, so the description of each target says both, and who has judged it. Targets are statements
of frameworks as our CASE packages hold them: type `CFItem`, and as code the identifier in CASE.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

import orjson

from graph.catalogue import best_first
from graph.model import INVERSE, Relation
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.catalogue import Catalogue
    from graph.exchange import Selection
    from graph.model import Alignment, Competency, Framework

Record = dict[str, Any]

#: In this order (Open Badges 3.0, "AchievementCredential").
CONTEXT: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)

_WEB: Final = re.compile(r"https?://")

#: How the target of a badge's alignment relates to the competency of the badge.
_RELATIONS: Final = {
    Relation.EXACT: "the same ability",
    Relation.CLOSE: "a close match",
    Relation.BROAD: "a broader ability",
    Relation.NARROW: "a narrower ability",
    Relation.RELATED: "a related ability",
}


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """An achievement for each statement of a framework, with all that it aligns with."""
    members = catalogue.by_framework.get(framework.id, [])
    return _document(catalogue, ((m, catalogue.by_competency.get(m.id, [])) for m in members))


def write(selection: Selection, _name: str) -> bytes:
    """An achievement for each competency at either end of what is aligned in a selection."""
    catalogue = selection.catalogue
    ends: dict[str, list[Alignment]] = defaultdict(list)
    for alignment in sorted(selection.alignments, key=best_first):
        if _counts(alignment):
            ends[alignment.subject_id].append(alignment)
            ends[alignment.object_id].append(alignment)
    keys = sorted(ends, key=natural_key)
    return _document(catalogue, ((catalogue.competency(key), ends[key]) for key in keys))


def _counts(alignment: Alignment) -> bool:
    """Whether a badge may rest on it: aligned, and not given up since."""
    return alignment.aligned and alignment.status != "withdrawn"


def _document(
    catalogue: Catalogue, achievements: Iterable[tuple[Competency, Iterable[Alignment]]]
) -> bytes:
    nodes = [_achievement(catalogue, own, alignments) for own, alignments in achievements]
    document = {"@context": CONTEXT, "@graph": nodes}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _achievement(
    catalogue: Catalogue, competency: Competency, alignments: Iterable[Alignment]
) -> Record:
    iri = catalogue.prefixes.expand(competency.id)
    targets = [_target(catalogue, competency, "")]
    for a in alignments:
        if _counts(a):
            forward = a.subject_id == competency.id
            relation = a.relation if forward else INVERSE[a.relation]
            other = catalogue.competency(a.object_id if forward else a.subject_id)
            about = ", ".join(filter(None, [_RELATIONS[relation], a.strength, a.status]))
            targets.append(_target(catalogue, other, f"To “{competency.title}”: {about}."))
    return {
        "id": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{iri}#achievement')}",
        "type": ["Achievement"],
        "achievementType": "Competency",
        "name": competency.title,
        "description": competency.description or competency.title,
        "humanCode": competency.code,
        "inLanguage": "en",
        "version": catalogue.framework(competency.framework).version,
        "criteria": {
            "narrative": f"The issuer says here what an earner did to show: {competency.title}."
        },
        "alignment": targets,
    }


def _target(catalogue: Catalogue, competency: Competency, about: str) -> Record:
    iri = catalogue.prefixes.expand(competency.id)
    described = " ".join(filter(None, [competency.description, about]))
    record = {
        "type": ["Alignment"],
        "targetName": competency.title,
        "targetUrl": iri if _WEB.match(iri) else competency.url,
        "targetCode": str(uuid5(NAMESPACE_URL, iri)),
        "targetDescription": described,
        "targetFramework": catalogue.framework(competency.framework).title,
        "targetType": "CFItem",
    }
    return {name: value for name, value in record.items() if value}
