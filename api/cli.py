"""The program `crosswalk`: the commands of `graph.cli`, and the one that needs the service."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from graph.cli import cli

if TYPE_CHECKING:
    from graph.cli import Session
    from graph.settings import Settings

#: When Python collects garbage by itself, for a process that stays.
_COLLECTION: Final = gc.get_threshold()


@cli.command(epilog="Example: crosswalk serve --port 8000")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port.  [default: 8000]")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the data, laid out like `ontology/`.",
)
@click.pass_obj
def serve(session: Session, host: str | None, port: int | None, data: Path | None) -> None:
    """Serve the web page, the JSON API and the SPARQL endpoint."""
    from api.server import serve as run

    settings = session.settings
    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        data_dir=settings.data_dir if data is None else data,
    )
    click.echo(where_to_go(settings), err=True)
    gc.set_threshold(*_COLLECTION)
    run(settings)


@cli.command(epilog="Example: crosswalk site --output crosswalk.html")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("crosswalk.html"),
    show_default=True,
    help="File to write.",
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the data, laid out like `ontology/`.",
)
@click.pass_obj
def site(session: Session, output: Path, data: Path | None) -> None:
    """Write the whole reading side as one HTML file that needs no network.

    With CROSSWALK_PUBLIC_URL set, what the file does not hold is linked there.
    """
    from api.service import Service
    from api.site import write_site

    settings = session.settings
    settings = replace(settings, data_dir=settings.data_dir if data is None else data)
    body = write_site(Service.load(settings))
    output.write_bytes(body)
    click.echo(f"{output}: {len(body) / 1e6:.1f} MB", err=True)


@cli.command(epilog="Example: crosswalk mcp")
@click.pass_obj
def mcp(session: Session) -> None:
    """Answer an assistant over the Model Context Protocol, on standard input and output.

    Five read-only tools: find_competency, align, explain, coverage and query. Needs the extra
    `mcp` of this package.
    """
    try:
        from api.mcp import create_server
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        message = "the extra 'mcp' is not installed; run: pip install 'competency-crosswalk[mcp]'"
        raise click.ClickException(message) from None
    create_server(session.store, session.catalogue).run()


def where_to_go(settings: Settings) -> str:
    """Tell addresses that a newcomer wants."""
    everywhere = ("0.0.0.0", "::")  # noqa: S104 - only compared with
    host = "127.0.0.1" if settings.host in everywhere else settings.host
    host = f"[{host}]" if ":" in host else host
    base = settings.public_url.rstrip("/") or f"http://{host}:{settings.port}"
    return "\n".join(
        [
            f"Competency crosswalk, from {settings.data_dir}",
            f"  page       {base}/",
            f"  API        {base}/docs",
            f"  SPARQL     {base}/sparql",
            f"  questions  {base}/api/v1/queries",
            "Stop with Ctrl+C.",
        ]
    )


def main() -> None:
    """Run the command line.

    Garbage is collected seldom: a command is over before there is any worth the time.
    """
    gc.set_threshold(100_000)
    try:
        cli(prog_name="crosswalk")
    finally:
        gc.freeze()  # or the interpreter would look through everything once more as it ends
