"""1EdTech CASE 1.1: frameworks and crosswalks as packages, and any package as a framework.

A framework is one package. A crosswalk is a package of its own, with a document, one grouping and
no items, so that neither of the two frameworks is altered by being linked; its nodes name the
items of both. `docs/case.md` says what stands where and what CASE cannot say.

- `shape`: which members each class has, and what is wrong with a package
- `identity`: identifiers and addresses that never change
- `writing`: from the catalogue to packages
- `package`: a package of anybody, resolved: codes, levels, tree, ends of associations
- `reading`: from a package to an `Incoming`
- `mending`: a package that was imported, as it came, with what was edited since
"""

from graph.exchange.case.reading import read
from graph.exchange.case.writing import write, write_framework

__all__ = ["read", "write", "write_framework"]
