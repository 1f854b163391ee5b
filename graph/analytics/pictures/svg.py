"""A small writer of SVG: shapes and text, in the order in which they are drawn.

Pictures stand alone: no style sheet, no script, nothing loaded, real text. Whatever is text goes
through `clean`, so that no label can be markup.
"""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Final

from graph.analytics.pictures.widths import width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Data = Mapping[str, object]

#: The first is the one that comes along for PNG. What the reader has decides which is taken, so
#: that widths are reckoned for the widest of them (`graph.analytics.pictures.widths`).
FONTS: Final = (
    "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', "
    "'DejaVu Sans Condensed', sans-serif"
)

#: Text, text of less weight, lines, surfaces. On white all text has a contrast of at least 6:1.
INK: Final = "#1a1a1a"
MUTED: Final = "#555555"
RULE: Final = "#b8b8b8"
TRACK: Final = "#eeeeee"
PAPER: Final = "#ffffff"

#: Strengths in one hue, told apart by lightness alone and so in grey as well.
SHADE: Final = {"strong": "#08519c", "moderate": "#6baed6", "weak": "#d6e6f4"}

#: The same for lines, which are thin: light ones would be lost on white.
LINE: Final = {"strong": "#08519c", "moderate": "#4f97c9", "weak": "#9dbfdc"}

#: Width of lines by strength.
WIDTH: Final = {"strong": 5.0, "moderate": 2.75, "weak": 1.25}

#: Colours for kinds without order (Okabe and Ito, Color Universal Design, 2008), darkest first.
KINDS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")

#: Height of a line of text over the size of its letters.
LEADING: Final = 1.25

#: What stays free on the left and on the right.
MARGIN: Final = 24.0

#: Most lines of the label of a statement; its row is as high as they need.
LABEL_LINES: Final = 3

_NOTHING: Data = {}


def clean(text: object) -> str:
    """Text as XML may hold it: escaped, and without characters that do not show."""
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    return html.escape(shown, quote=True)


def wrap(text: str, width: float, size: float, *, most: int = 2, bold: bool = False) -> list[str]:
    """A text as lines that fit a width; what is beyond `most` lines is cut with an ellipsis.

    >>> wrap("Engage in Policy Practice", 90, 12)
    ['Engage in', 'Policy Practice']
    >>> wrap("Engage in Policy Practice", 90, 12, most=1)
    ['Engage in…']
    >>> wrap("", 80, 12)
    []
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most:
        line, rest = _first_line(rest, width, size, bold)
        lines.append(line)
    if rest:
        last = lines[-1]
        while last and width_of(last + "…", size, bold=bold) > width:
            last = last[:-1]
        lines[-1] = last.rstrip(" ,;") + "…"
    return lines


def label_height(
    code: str, title: str, width: float, *, size: float = 12, bold: bool = False
) -> float:
    """How much height `Drawing.label` takes, with some space above and below."""
    lines = wrap(f"{code} {title}", width, size, most=LABEL_LINES, bold=bold)
    return len(lines) * size * LEADING + 6


def _first_line(text: str, width: float, size: float, bold: bool) -> tuple[str, str]:
    """As many words as fit, at least one; of a word that alone is too long as much as fits."""
    line, words = "", text.split(" ")
    for number, word in enumerate(words):
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold=bold) > width:
            if line:
                return line, " ".join(words[number:])
            cut = len(word)
            while cut > 1 and width_of(word[:cut], size, bold=bold) > width:
                cut -= 1
            return word[:cut], " ".join([*([word[cut:]] if word[cut:] else []), *words[1:]])
        line = longer
    return line, ""


def number(value: float) -> str:
    """A coordinate: two decimals at most, never a negative zero.

    >>> number(2.0), number(1 / 3), number(-0.001)
    ('2', '0.33', '0')
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is no coordinate")
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


class Drawing:
    """A picture in the making; `y` is where the next part begins.

    Parameters
    ----------
    name : str
        What the picture is, for the ids of its title and description.
    title : str
        What one sees, as a sentence: written on top and read out to who cannot see it.
    about : str
        How to read it.
    """

    def __init__(self, name: str, title: str, about: str, *, width: float) -> None:
        self.name, self.title, self.about, self.width = name, title, about, width
        self.y = 0.0
        self._parts: list[str] = []
        self._heading()

    def _heading(self) -> None:
        self.y = 22
        for line in wrap(self.title, self.width - 2 * MARGIN, 17, most=5, bold=True):
            self.y += 21
            self.text(MARGIN, self.y, line, size=17, bold=True)
        self.y += 4
        for line in wrap(self.about, self.width - 2 * MARGIN, 12, most=6):
            self.y += 16
            self.text(MARGIN, self.y, line, size=12, fill=MUTED)
        self.y += 18

    # ---- shapes --------------------------------------------------------------------------

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str = "none",
        stroke: str = "", stroke_width: float = 1, dash: str = "", radius: float = 0,
        title: str = "", data: Data = _NOTHING,
    ) -> None:  # fmt: skip
        """A rectangle; `title` shows when pointed at, `data` is for programs."""
        self._shape(
            "rect", title, data, x=x, y=y, width=max(width, 0), height=max(height, 0),
            rx=radius or None, fill=fill, stroke=stroke or None,
            stroke_width=stroke_width if stroke else None, stroke_dasharray=dash or None,
        )  # fmt: skip

    def circle(
        self, x: float, y: float, radius: float, *, fill: str = "none", stroke: str = "",
        stroke_width: float = 1, title: str = "", data: Data = _NOTHING,
    ) -> None:  # fmt: skip
        """A circle."""
        self._shape(
            "circle", title, data, cx=x, cy=y, r=radius, fill=fill, stroke=stroke or None,
            stroke_width=stroke_width if stroke else None,
        )  # fmt: skip

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = RULE,
        width: float = 1, dash: str = "", cap: str = "",
    ) -> None:  # fmt: skip
        """A straight line."""
        self._shape(
            "line", "", {}, x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width,
            stroke_dasharray=dash or None, stroke_linecap=cap or None,
        )  # fmt: skip

    def path(
        self, steps: Iterable[str | float], *, fill: str = "none", stroke: str = "",
        width: float = 1, dash: str = "", opacity: float = 1, title: str = "",
        data: Data = _NOTHING,
    ) -> None:  # fmt: skip
        """A path: letters and coordinates in turn."""
        d = " ".join(step if isinstance(step, str) else number(step) for step in steps)
        self._shape(
            "path", title, data, d=d, fill=fill, stroke=stroke or None,
            stroke_width=width if stroke else None, stroke_dasharray=dash or None,
            fill_opacity=opacity if opacity < 1 else None,
        )  # fmt: skip

    # ---- text ----------------------------------------------------------------------------

    def text(
        self, x: float, y: float, text: str, *, size: float = 12, fill: str = INK,
        bold: bool = False, anchor: str = "start", turned: bool = False, title: str = "",
    ) -> None:  # fmt: skip
        """One line of text on the baseline `y`; `turned` reads upwards."""
        attributes = _attributes(
            {
                "x": x, "y": y, "font_size": size, "fill": fill,
                "font_weight": "bold" if bold else None,
                "text_anchor": anchor if anchor != "start" else None,
                "transform": f"rotate(-90 {number(x)} {number(y)})" if turned else None,
            }
        )  # fmt: skip
        inner = f"<title>{clean(title)}</title>" if title and title != text else ""
        self._parts.append(f"<text{attributes}>{inner}{clean(text)}</text>")

    def lines(
        self, x: float, y: float, lines: Sequence[str], *, size: float = 12, fill: str = INK,
        bold: bool = False, anchor: str = "start", title: str = "",
    ) -> None:  # fmt: skip
        """Lines of text whose middle is at `y`."""
        step = size * LEADING
        first = y - step * (len(lines) - 1) / 2 + size * 0.35
        for place, line in enumerate(lines):
            self.text(
                x, first + place * step, line, size=size, fill=fill, bold=bold, anchor=anchor,
                title=title,
            )  # fmt: skip

    def heading(self, text: str, *, size: float = 15, room: float = 0, most: int = 2) -> None:
        """A heading over what follows, up to `room` from the right edge; `y` is then below it."""
        lines = wrap(text, self.width - 2 * MARGIN - room, size, most=most, bold=True)
        for line in lines:
            self.text(MARGIN, self.y + 10, line, size=size, bold=True, title=text)
            self.y += size * LEADING
        self.y += 4

    def label(
        self, x: float, y: float, code: str, title: str, width: float, *, size: float = 12,
        most: int = LABEL_LINES, anchor: str = "start", bold: bool = False, fill: str = INK,
    ) -> None:  # fmt: skip
        """A code and as much of its title as fits, with the whole title for who points at it."""
        whole = f"{code} {title}"
        self.lines(
            x, y, wrap(whole, width, size, most=most, bold=bold), size=size, anchor=anchor,
            bold=bold, fill=fill, title=whole,
        )  # fmt: skip

    # ---- the whole -----------------------------------------------------------------------

    def note(self, text: str, *, most: int = 4) -> None:
        """A remark below what was drawn."""
        for line in wrap(text, self.width - 2 * MARGIN, 11.5, most=most):
            self.y += 15
            self.text(MARGIN, self.y, line, size=11.5, fill=MUTED)
        self.y += 3

    def svg(self) -> str:
        """The picture as a document."""
        width, height = number(self.width), number(self.y + 16)
        key = "".join(c if c.isalnum() else "-" for c in self.name)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="{key}-title {key}-desc" font-family="{FONTS}">\n'
            f'<title id="{key}-title">{clean(self.title)}</title>\n'
            f'<desc id="{key}-desc">{clean(self.about)}</desc>\n'
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )

    def _shape(self, kind: str, title: str, data: Data, **attributes: str | float | None) -> None:
        own = _attributes({**attributes, **{f"data_{name}": str(v) for name, v in data.items()}})
        inner = f"><title>{clean(title)}</title></{kind}>" if title else "/>"
        self._parts.append(f"<{kind}{own}{inner}")


def _attributes(values: dict[str, str | float | None]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{clean(v) if isinstance(v, str) else number(v)}"'
        for name, v in values.items()
        if v is not None
    )
