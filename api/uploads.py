"""Files that clients send: which paths take them, which kinds, and how they are read.

A file is read into memory, bounded; it is worked on in a thread; nothing of it is kept, and nothing
of what it says is logged, also when the work fails.
"""

from __future__ import annotations

import logging
import re
import traceback
from typing import TYPE_CHECKING, Final

from api.http import header, parameters, read_body
from api.problems import RequestError, UploadError
from graph.errors import CrosswalkError, ParameterError, SourcesError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from api.http import Receive, Scope
    from api.service import Service
    from api.turns import Turns

    Result = TypeVar("Result")

_log = logging.getLogger(__name__)

#: Everything under it but the template is a POST.
COURSE_PLANS: Final = "/api/v1/course-plans/"
TEMPLATE: Final = COURSE_PLANS + "template"

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Endings of file names by media type.
KINDS: Final = {
    "application/json": ".json",
    "application/yaml": ".yaml",
    "application/x-yaml": ".yaml",
    "text/yaml": ".yaml",
    "text/csv": ".csv",
    XLSX: ".xlsx",
}
ENDINGS: Final = (".json", ".yaml", ".yml", ".csv", ".xlsx")

#: Types that say nothing about a file; its name has to.
_UNTOLD: Final = ("", "application/octet-stream")

_CHARSETS: Final = ("utf-8", "utf8", "us-ascii")


#: Paths that also take a POST: for queries too long for an address.
_ALSO_POSTED: Final = re.compile(r"/sparql|/reconcile(?:/[^/]+)?|/plan")

#: Paths of the page of course plans that its script and its forms send a plan to.
_PLAN_PARTS: Final = re.compile(r"/plan/(?:analysis|claims|file)")

_FORM: Final = "application/x-www-form-urlencoded"


def methods_of(path: str) -> str:
    """Methods of a path, as `Allow` lists them."""
    if _ALSO_POSTED.fullmatch(path):
        return "GET, HEAD, POST, OPTIONS"
    if (path.startswith(COURSE_PLANS) and path != TEMPLATE) or _PLAN_PARTS.fullmatch(path):
        return "POST, OPTIONS"
    return "GET, HEAD, OPTIONS"


def file_name(content_type: str, name: str) -> str:
    """What a file that was sent is called: by its name, or else by its media type.

    Raises
    ------
    RequestError
        If neither tells a kind that is read, or the text is not UTF-8.
    """
    kind, _, rest = content_type.partition(";")
    kind = kind.strip().lower()
    for parameter in rest.split(";"):
        key, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if key.strip().lower() == "charset" and charset not in _CHARSETS:
            message = f"charset {charset!r} is not supported; send UTF-8"
            raise RequestError("unsupported-media-type", message)
    if kind not in KINDS and kind not in _UNTOLD:
        raise _unsupported(f"content-type {kind!r} is not read")
    if name:
        if not name.lower().endswith(ENDINGS):
            raise _unsupported(f"a file named {name[:80]!r} is not read")
        return name.replace("\\", "/").rpartition("/")[2][:200]
    if kind in _UNTOLD:
        raise _unsupported("the body has no content-type, and no name in the address")
    return f"plan{KINDS[kind]}"


def _unsupported(says: str) -> RequestError:
    accepted = ", ".join(KINDS)
    message = f"{says}; send {accepted}, or name=FILE with {', '.join(ENDINGS)}"
    return RequestError("unsupported-media-type", message, [("accept-post", accepted)])


async def read_upload(
    service: Service, scope: Scope, receive: Receive, name: str
) -> tuple[bytes, str]:
    """The file that a request brings, and its name.

    Raises
    ------
    RequestError, QuerySizeError
        If it is of another kind, or too large.
    """
    called = file_name(header(scope, b"content-type"), name)
    most = service.settings.upload_mib * 1024 * 1024
    return await read_body(scope, receive, most, limit="upload_mib"), called


async def read_form(
    service: Service, scope: Scope, receive: Receive, names: Sequence[str]
) -> dict[str, str]:
    """The fields of a form that a page sends, bounded like any upload.

    Parameters
    ----------
    names : Sequence[str]
        Fields that the form has.

    Raises
    ------
    RequestError, QuerySizeError
        If it is of another kind, or too large.
    ParameterError
        If it has another field, or one twice.
    """
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    if kind != _FORM:
        says = f"content-type {kind!r} is not read here; send {_FORM}"
        raise RequestError("unsupported-media-type", says, [("accept-post", _FORM)])
    most = service.settings.upload_mib * 1024 * 1024
    raw = await read_body(scope, receive, most, limit="upload_mib")
    fields: dict[str, str] = {}
    for name, value in parameters(raw.decode("latin-1"), origin="the form"):
        if name not in names or name in fields:
            raise ParameterError(name, value[:80], f"once each: {', '.join(names)}")
        fields[name] = value
    return fields


async def work_on(
    service: Service, turns: Turns, job: Callable[[], Result], code: str = "bad-plan"
) -> Result:
    """Do a job on an upload in a thread, when it is its turn.

    Raises
    ------
    UploadError
        With every fault of the file, under the given code.
    RequestError
        If the job fails for another reason; only where it failed is logged.
    """
    kind = "upload"
    async with turns.turn(service.settings.analytics_waiting_most):
        try:
            return await service.run(kind, job)
        except SourcesError as error:
            raise UploadError(code, error.findings) from None
        except CrosswalkError:
            raise
        except Exception as error:
            place = "".join(traceback.format_tb(error.__traceback__))
            _log.error("work on an upload failed: %s\n%s", type(error).__name__, place)
            raise RequestError("internal", "internal error; it was logged") from None
        finally:
            service.durations.pop(kind, None)  # the next one may take longer: always in a thread
