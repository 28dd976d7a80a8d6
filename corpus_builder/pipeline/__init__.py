"""The stages of a build over the shards of a workspace, and its manifest."""
