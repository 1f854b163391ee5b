"""Requests that were answered before, byte for byte, answered before HTTP is parsed.

A client that repeats itself sends the same bytes, and the same bytes get the same answer for as
long as the release lasts. Most of the time of a known answer goes into parsing its request and
into the task that runs the application; here both are left out. Everything else takes the
ordinary way, and what is known here is only what `api.edge` keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from api.edge import ByteCache

#: Where the scope of a request holds its bytes, if they arrived whole and alone.
EXTENSION: Final = "crosswalk.request"

_LONGEST_REQUEST_BYTES: Final = 2_000


def protocol_of(cache: ByteCache) -> type[HttpToolsProtocol]:
    """The protocol of uvicorn, after a look at what is known."""
    known = cache.known

    class Protocol(HttpToolsProtocol):
        #: False from the first byte of a request to its last.
        between = True

        def data_received(self, data: bytes) -> None:
            alone = self.between and (self.cycle is None or self.cycle.response_complete)
            if alone and data in known and not self.flow.write_paused:
                self._repeat(data)
                return
            super().data_received(data)
            if (
                alone
                and self.between
                and self.cycle.keep_alive
                and len(data) <= _LONGEST_REQUEST_BYTES
                and data.startswith(b"GET ")
                and data.find(b"\r\n\r\n") == len(data) - 4
            ):
                self.scope["extensions"] = {EXTENSION: {"bytes": data}}

        def _repeat(self, data: bytes) -> None:
            head, rest = known[data]
            fresh = (b"%s: %s\r\n" % header for header in self.server_state.default_headers)
            self.transport.write(b"".join((head, *fresh, rest)))
            self.server_state.total_requests += 1
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

        def on_message_begin(self) -> None:
            self.between = False
            super().on_message_begin()

        def on_message_complete(self) -> None:
            super().on_message_complete()
            self.between = True

    return Protocol
