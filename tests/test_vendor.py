"""What the pages load of others is what was fetched, each package with its license."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = "scripts/vendor.py"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The script and the assets, where they may be spoilt."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / SCRIPT, tmp_path / SCRIPT)
    shutil.copytree(ROOT / "api/static/vendor", tmp_path / "api/static/vendor")
    return tmp_path


def check(root: Path) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, SCRIPT, "--check"], cwd=root, capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout


def test_the_assets_of_others_are_those_that_were_fetched() -> None:
    assert check(ROOT) == (0, "")


def test_an_asset_that_was_edited_is_found(copy: Path) -> None:
    with (copy / "api/static/vendor/cytoscape/cytoscape.esm.min.mjs").open("a") as file:
        file.write("\n")
    status, says = check(copy)
    assert (status, says.startswith("VENDORED.tsv does not fit the files")) == (1, True)


def test_an_asset_without_its_license_or_of_no_package_is_found(copy: Path) -> None:
    vendor = copy / "api/static/vendor"
    (vendor / "swagger-ui/LICENSE").unlink()
    (vendor / "stray.js").write_text("")
    status, says = check(copy)
    assert status == 1
    assert says.splitlines() == [
        "swagger-ui/LICENSE is missing; run scripts/vendor.py",
        "stray.js is in no package of the table",
    ]
