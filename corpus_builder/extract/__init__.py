"""From the bytes of a page, by the rules of its site, to an edition."""
