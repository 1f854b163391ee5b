"""The web page: what each page shows, and how it becomes HTML, JSON or a download.

A *view* is a function from the loaded release and a request's parameters to a `View`: a template,
a title, a record and tables. The template sees the record and nothing else, so that the JSON twin
of a page has everything that the page says. `api.routes.pages` gives each view its address.
"""
