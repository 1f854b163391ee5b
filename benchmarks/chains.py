"""Read, validate and chain somebody else's alignments: time, memory, and one proof on demand.

    python -m benchmarks.chains FILE.sssom.tsv ...

For example the tables that the PyPI package `biomappings` ships in `biomappings/resources`.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from graph.reasoning import Inference
from graph.reasoning.read import facts_of, read_sssom
from graph.rules import Regime


def main(paths: list[Path]) -> int:
    """Print one Markdown table; 0 if every file could be read."""
    if not paths:
        print(__doc__, file=sys.stderr)
        return 2
    begun = time.perf_counter()
    readings = [read_sssom(path) for path in paths]
    read = time.perf_counter()
    facts = facts_of(readings)
    inference = Inference(facts, Regime.SSSOM)
    derived = inference.derived()
    done = time.perf_counter()
    proof = derived[len(derived) // 2].proof if derived else None
    proved = time.perf_counter()
    rows = sum(len(reading.statements) for reading in readings)
    left_out = sum(len(reading.findings) for reading in readings)
    others = sum(sum(reading.others.values()) for reading in readings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| What | |\n| --- | --- |")
    print(f"| rows read with a SKOS relation | {rows:,} |")
    print(f"| rows with another predicate; rows left out as unsound | {others:,}; {left_out:,} |")
    print(f"| read and validate | {read - begun:.2f} s |")
    print(f"| derive all chains, regime sssom: {len(derived):,} links | {done - read:.2f} s |")
    print(f"| together | {done - begun:.2f} s |")
    if proof is not None:
        print(f"| one proof, {len(proof['steps'])} steps | {(proved - done) * 1000:.1f} ms |")
    print(f"| peak memory of the process | {peak:.0f} MiB |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main([Path(argument) for argument in sys.argv[1:]]))
