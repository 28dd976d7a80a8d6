"""`corpus-builder align`: plain texts, one segment a line, in and out."""
