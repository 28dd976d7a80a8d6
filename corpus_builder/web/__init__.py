"""What crawling and extraction ask of a response: its head, opt-outs, charset and content encoding."""
