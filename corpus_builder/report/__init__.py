"""report/index.html: what a build found, lost and made, on one self-contained page."""
