"""The entry point of the command. Nothing is imported before `run`, so that Ctrl-C is handled from the beginning."""

STOPPED = "stopped; run the same command to carry on"
"""What a command that is interrupted prints."""


def run() -> None:
    """Run a command."""
    try:
        import signal

        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # as Ctrl-C from the first line on
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        from corpus_builder.cli.interrupts import interruptible

        with interruptible(to_the_end=True):
            from corpus_builder.cli.main import run as run_command

            run_command()
    except KeyboardInterrupt:  # before the first line of the block, or after its last
        import os  # which Python itself has imported

        os.write(2, f"{STOPPED}\n".encode())
        os._exit(130)
