"""Course plans: what the courses of a programme do for the competencies of both professions.

`model` says what a plan is, `reading` makes one of a file, `analysis` says what it covers and what
it reaches through the crosswalk, `claims` tests statements about it, `planner` proposes a smaller
one, `documents` writes what accreditors ask for by a `document_template`, `briefs` a page for each
syllabus. The modules are imported by name.
"""
