"""Names of CTDL-ASN that both directions use."""

from __future__ import annotations

from typing import Final

from graph.model import Relation

#: The published context, by its address. It is named in files and never fetched.
CONTEXT: Final = "https://credreg.net/ctdlasn/schema/context/json"

#: What `ceasn:` and `ceterms:` stand for.
CEASN: Final = "https://purl.org/ctdlasn/terms/"
CETERMS: Final = "https://purl.org/ctdl/terms/"

#: Our relations as CTDL-ASN says them: it has no close and no related, but knows how much of a
#: competency another one covers.
PROPERTIES: Final = {
    Relation.EXACT: "exactAlignment",
    Relation.CLOSE: "majorAlignment",
    Relation.BROAD: "broadAlignment",
    Relation.NARROW: "narrowAlignment",
    Relation.RELATED: "minorAlignment",
}
