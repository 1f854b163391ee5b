"""Course plans: what the courses of a programme do for the competencies of both professions.

The modules are imported by name.

- A plan: `model` says what it is; `reading` makes one of a file, which `forms` takes apart and
  whose `cells` are read one by one; `writing` writes one, `template` one to fill in, and `carrying`
  puts one onto another edition.
- What it reaches: `routes` says how one statement leads to another, `reach` which of them a plan
  takes, `serving` what serves one statement; `analysis` says what it covers and reaches, with
  `coverage`, `gaps` and `fits`, and `report` prints that.
- Claims: `claim_model` says what one is; `claim_file` reads them, phrase by phrase
  (`claim_phrases`); `claims` tests them on the rows that `claim_rows` finds; `verdicts` are what
  comes of it, also as `junit`.
- The smallest plan: `goal_file` reads what is asked, `needs` says what claims ask of courses,
  `planner` puts it to the `solver`, and `proposals` are what comes of it.
- Documents: `document_template` names tables and columns, `document_rows` fills them, `documents`
  writes what accreditors ask for, and `briefs` a page for each syllabus.
"""
