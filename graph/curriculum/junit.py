"""A report on claims as JUnit XML, which continuous integration shows as tests.

There is no one standard: this keeps to what the schemas of Apache Ant's `junitreport` and of
Jenkins have in common. A claim is a test case; one that fails is a `failure`, one that is unproven
is `skipped`, or a `failure` of type `unproven` where nothing may stay unproven. Times are 0, so
that the same plan gives the same bytes.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from graph.curriculum.verdicts import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.curriculum.verdicts import Report, Result

#: What XML 1.0 cannot hold, not even as a reference (section 2.2, production Char).
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, *, strict: bool = False) -> bytes:
    """The report as JUnit XML in UTF-8.

    Parameters
    ----------
    strict : bool
        Whether an unproven claim is a failure rather than skipped.
    """
    unproven = report.count(Verdict.UNPROVEN)
    failures = report.count(Verdict.FAILS) + (unproven if strict else 0)
    counts = (
        f'tests="{len(report.results)}" failures="{failures}" errors="0" '
        f'skipped="{0 if strict else unproven}" time="0"'
    )
    suite = f"{report.claims}: {report.plan}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites name={_quoted(suite)} {counts}>",
        f"  <testsuite name={_quoted(suite)} {counts}>",
        "    <properties>",
        f'      <property name="plan" value={_quoted(report.plan)}/>',
        f'      <property name="release" value={_quoted(report.release)}/>',
        "    </properties>",
    ]
    group = f"claims.{PurePath(report.claims).stem.replace('.', '-') or 'claims'}"
    for result in report.results:
        lines += _case(result, group, strict=strict)
    lines += ["  </testsuite>", "</testsuites>", ""]
    return "\n".join(lines).encode()


def _case(result: Result, group: str, *, strict: bool) -> Iterator[str]:
    claim = result.claim
    name = f"{claim.id}: {claim.title}"
    yield f'    <testcase classname={_quoted(group)} name={_quoted(name)} time="0">'
    message = _quoted(result.summary)
    body = _text("\n".join(_lines(result)))
    if result.verdict is Verdict.FAILS or (strict and result.verdict is Verdict.UNPROVEN):
        yield f'      <failure type="{result.verdict}" message={message}>{body}</failure>'
    elif result.verdict is Verdict.UNPROVEN:
        yield f"      <skipped message={message}/>"
        yield f"      <system-out>{body}</system-out>"
    else:
        yield f"      <system-out>{body}</system-out>"
    yield "    </testcase>"


def _lines(result: Result) -> Iterator[str]:
    yield result.claim.sentence
    for judged in result.shown:
        yield f"{judged.statement}: {judged.why}" if judged.statement else judged.why
        for row in judged.rows:
            yield f"  {row.counts}: {row.text}"


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", text), quote=False)


def _quoted(text: str) -> str:
    """An attribute's value; line ends as references, which a parser would make spaces of."""
    value = escape(_NOT_IN_XML.sub("\ufffd", text))
    return '"' + value.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;") + '"'
