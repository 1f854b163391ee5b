"""Releases: one state of the data, whole and unchanging, to be cited, checked and compared.

`bundle` makes the files of a release, `describe` says in RDF what they are, `folder` keeps releases
side by side and says of each whether somebody has touched it. The modules are imported by name.
"""
