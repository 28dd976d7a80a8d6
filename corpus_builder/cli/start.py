"""The entry point of the command. Nothing is imported before `run`, so that Ctrl-C is handled from the beginning."""

STOPPED = "stopped; run the same command to carry on"
"""What a command that is interrupted prints."""


def run() -> None:
    """Run a command."""
    try:
        import gc
        import signal

        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # as Ctrl-C from the first line on
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        from corpus_builder.cli.interrupts import interruptible

        with interruptible(to_the_end=True):
            gc.disable()  # while modules are loaded there is no garbage to look for
            from corpus_builder.cli.main import run as run_command

            gc.enable()
            try:
                run_command()
            finally:
                gc.freeze()  # the process ends: looking through all that numba made takes .3 s
    except KeyboardInterrupt:  # before the first line of the block, or after its last
        import os  # which Python itself has imported

        os.write(2, f"{STOPPED}\n".encode())
        os._exit(130)
