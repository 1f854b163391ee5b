"""The competency crosswalk: its model, its store, and the questions one can ask of it.

`graph` never imports `api`. Read the layers from the bottom: `errors`, `terms`, `settings`,
`model`, `tables`, `turtle`, `queries`, `store`, `build`, `validation`, `catalogue`, `search`,
`exchange`.
"""

__version__ = "0.1.0"
