"""The HTTP paths, one router a noun. Handlers read the request and call `api.reading`."""
