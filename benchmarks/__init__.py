"""Speed beside the peers: a generated crosswalk, and one command that measures everything on it."""
