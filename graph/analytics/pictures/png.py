"""SVG to PNG, with a font that comes along, so that text looks the same on every machine."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from graph.errors import NotAcceptableError

#: Pixels of the PNG for each pixel of the SVG: sharp in print at half a page.
_ZOOM: Final = 2.0

#: Most pixels of a side that a PNG may have; larger pictures are drawn less sharp.
_MOST_PIXELS: Final = 8000

#: Longest that one picture may take, in seconds.
_SECONDS: Final = 60.0

#: The font that comes along; without a font it knows the renderer leaves text out in silence.
_FAMILY: Final = "Source Sans Pro"

#: The renderer holds the interpreter for as long as it draws, so that it gets one of its own.
_SCRIPT: Final = """
import json, sys, resvg_py
options = json.loads(sys.argv[1])
svg = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(bytes(resvg_py.svg_to_bytes(svg_string=svg, **options)))
"""


def png(svg: str) -> bytes:
    """A picture of this package as PNG, drawn in a process of its own.

    Raises
    ------
    NotAcceptableError
        If the packages that draw it are not installed. Without their font a machine that has none
        would draw a picture without a word, so that is an error, too.
    """
    if find_spec("resvg_py") is None:
        raise _missing("resvg-py")
    zoom = min(_ZOOM, _MOST_PIXELS / max(*_size(svg), 1.0))
    options = {
        "zoom": zoom,
        "font_files": _fonts(),
        "font_family": _FAMILY,
        "sans_serif_family": _FAMILY,
        "skip_system_fonts": _is_latin(svg),
    }
    drawn = subprocess.run(  # noqa: S603 (this interpreter, a fixed script, no shell)
        [sys.executable, "-I", "-c", _SCRIPT, json.dumps(options)],
        input=svg.encode(),
        capture_output=True,
        timeout=_SECONDS,
        check=True,
    )
    return drawn.stdout


def _size(svg: str) -> tuple[float, float]:
    """Width and height, which `Drawing.svg` writes first."""
    _, width, _, height, *_ = svg.partition("width=")[2].split('"', 4)
    return float(width), float(height)


def _is_latin(svg: str) -> bool:
    """Whether the font that comes along has all letters; reading those of the system is slow."""
    return all(ord(character) < 0x0250 or character in "–—‘’“”…•≥" for character in svg)


@cache
def _fonts() -> list[str]:
    spec = find_spec("font_source_sans_pro")
    if spec is None or spec.origin is None:
        raise _missing("font-source-sans-pro")
    folder = Path(spec.origin).parent / "files"
    return [str(folder / f"SourceSansPro-{weight}.ttf") for weight in ("Regular", "Bold")]


def _missing(package: str) -> NotAcceptableError:
    return NotAcceptableError(f"png without the package {package}", ("json", "csv", "svg"))
