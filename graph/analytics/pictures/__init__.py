"""Pictures of what the analytics found, drawn from the very values that their tables show.

SVG by a writer of our own: text stays text, nothing is loaded and nothing runs. Colors are one hue
in shades that stay apart in grey, or the palette of Okabe and Ito; no meaning hangs on color
alone. `png` turns a picture into pixels.
"""

from graph.analytics.pictures.bars import Block, Ranked, coverage_bars, edition_bars, ranking
from graph.analytics.pictures.matrix import matrix
from graph.analytics.pictures.network import bipartite, chord, community_map
from graph.analytics.pictures.png import png
from graph.analytics.pictures.ranks import rank_chart
from graph.analytics.pictures.ways import path_chart

__all__ = [
    "Block",
    "Ranked",
    "bipartite",
    "chord",
    "community_map",
    "coverage_bars",
    "edition_bars",
    "matrix",
    "path_chart",
    "png",
    "rank_chart",
    "ranking",
]
