"""How wide a text may become, whatever font the reader's machine has for it.

A picture names fonts and brings none, so that the same text is drawn in Segoe UI on Windows, in
Helvetica on a Mac, and on many a Linux in DejaVu Sans, which is an eighth wider, and in bold
nearly a fifth. Lines are broken and boxes are drawn for the widest: in others some space is left.

For each character the widest advance of nine fonts, regular and bold, as their tables `hmtx` and
`cmap` have it (OpenType 1.9.1): Source Sans Pro 2.020, Segoe UI 5.01, Nimbus Sans 1.00 (the widths
of Helvetica), Liberation Sans 2.1.5 (those of Arial), Roboto 2.138, Open Sans 1.10, Noto Sans
2.004, DejaVu Sans 2.37 and its condensed kind.
"""

from __future__ import annotations

import unicodedata
from typing import Final

#: Advances of the characters from space to tilde in thousandths of the size, sixteen a line.
_REGULAR: Final = (
    318, 401, 460, 838, 637, 951, 801, 275, 391, 391, 552, 838, 318, 400, 318, 413,
    637, 637, 637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557,
    1016, 685, 687, 723, 771, 667, 611, 778, 752, 339, 552, 667, 558, 907, 760, 788,
    667, 788, 723, 667, 611, 732, 685, 989, 686, 667, 686, 391, 411, 391, 838, 557,
    578, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612,
    635, 635, 413, 521, 393, 634, 592, 818, 592, 592, 525, 637, 551, 637, 838,
)  # fmt: skip
_BOLD: Final = (
    349, 457, 536, 838, 696, 1002, 873, 307, 458, 458, 545, 838, 380, 416, 380, 444,
    696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 611,
    1000, 774, 763, 734, 831, 684, 684, 821, 837, 389, 559, 775, 638, 996, 837, 851,
    733, 851, 771, 721, 683, 813, 774, 1104, 771, 725, 726, 458, 437, 458, 838, 557,
    607, 675, 716, 593, 716, 679, 436, 716, 712, 343, 343, 666, 343, 1042, 712, 688,
    716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583, 712, 551, 712, 838,
)  # fmt: skip

#: Signs of print that the pictures write, or that titles have: regular and bold.
_SIGNS: Final = {
    "–": (657, 632), "‘": (318, 380), "’": (318, 380), "“": (519, 658), "”": (519, 658),
    "œ": (1023, 1095), "Œ": (1070, 1167), "·": (334, 380), "•": (590, 640),
    "×": (838, 838), "≥": (838, 838), "≤": (838, 838),
}  # fmt: skip

#: What any other character counts for, Chinese ones and the ellipsis being as wide as high.
_OTHER: Final = (1000, 1100)

_FIRST: Final = 0x20

#: Letters with a mark are as wide as without in Latin-1 and Latin Extended-A, but for these.
_MARKED: Final = range(0xA0, 0x180)
_WIDER: Final = frozenset("ďľť")


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text may become, in pixels: at least as wide as in any font of this module.

    >>> width_of("10", 10), width_of("10", 10, bold=True)
    (12.74, 13.92)
    >>> width_of("é", 10) == width_of("e", 10)
    True
    """
    return round(sum(_thousandths(character, bold) for character in text) * size / 1000, 6)


def _thousandths(character: str, bold: bool) -> int:
    if ord(character) in _MARKED and character not in _WIDER:
        character = unicodedata.normalize("NFD", character)[0]
    place = ord(character) - _FIRST
    widths = _BOLD if bold else _REGULAR
    if 0 <= place < len(widths):
        return widths[place]
    return _SIGNS.get(character, _OTHER)[bold]
