"""Run the service under uvicorn."""

from __future__ import annotations

import gc

import uvicorn

from api.app import create_app
from api.service import Service
from api.wire import protocol_of
from graph.settings import Settings  # noqa: TC001 - part of the signature that callers read


def serve(settings: Settings) -> None:
    """Load the data and answer until told to stop.

    Raises
    ------
    StoreError
        If there is no sound build.
    """
    app = create_app(Service.load(settings))
    gc.freeze()  # what was loaded stays: the collector need not walk it, which takes 0.1 s
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=protocol_of(app.cache),
        ws="none",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        log_level="warning",
    )
