"""Columns that several pages have in common."""

from __future__ import annotations

from typing import Final

from api.pages.view import Column

#: What one competency aligns with, read from its side.
PARTNERS: Final = (
    Column("partner_id", "Competency", "competency"),
    Column("partner_label", "Title"),
    Column("relation_to_partner", "Relation", "relation"),
    Column("strength", "Strength", "strength"),
    Column("confidence", "Confidence", "confidence"),
    Column("rationale", "Why"),
    Column("aims", "Aims", "terms"),
    Column("status", "Status"),
    Column("id", "Alignment", "alignment"),
)

#: Alignments of a crosswalk, from subject to object.
ALIGNMENTS: Final = (
    Column("subject_id", "Subject", "competency"),
    Column("subject_label", "Title of the subject"),
    Column("verdict", "Verdict", "terms"),
    Column("relation", "Relation", "relation"),
    Column("strength", "Strength", "strength"),
    Column("object_id", "Object", "competency"),
    Column("object_label", "Title of the object"),
    Column("confidence", "Confidence", "confidence"),
    Column("rationale", "Why"),
    Column("status", "Status"),
    Column("id", "Alignment", "alignment"),
)

STATEMENTS: Final = (
    Column("id", "Competency", "competency"),
    Column("level", "Level"),
    Column("title", "Title"),
    Column("description", "Description"),
    Column("aligned", "Aligned", "number"),
    Column("not_aligned", "Not aligned", "number"),
)
