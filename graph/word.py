"""Word documents that accreditors and screen readers can read: real tables, captions, styles."""
