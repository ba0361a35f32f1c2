"""The command `tpe-audit`, and what becomes of errors that nobody else handles."""

from __future__ import annotations

import gc
import signal
import sys

from tpe_audit.interruption import INTERRUPTED, TERMINATED, terminate

NO_AUDIT = 2
GARBAGE = (50_000, 20, 50)
"""How much Python makes before it looks for what nobody holds any more (`gc.set_threshold`).

Python 3.11 looks after every 700 things by default. An audit makes millions that it keeps: looking took a third of
its time.
"""


def main() -> None:
    """Run the command and exit: with its own code, or 2 where it could not do what it was asked."""
    gc.set_threshold(*GARBAGE)
    signal.signal(signal.SIGTERM, terminate)
    sys.exit(_run())


def _run() -> int:
    import click

    from tpe_audit.cli import tpe_audit

    try:
        result = tpe_audit(prog_name="tpe-audit", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return NO_AUDIT
    except click.ClickException as error:
        error.show()
        return NO_AUDIT
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted: no report was written.", err=True)
        return INTERRUPTED
    except SystemExit as error:
        if error.code == TERMINATED:
            click.echo("Terminated: no report was written.", err=True)
        raise
    except BrokenPipeError:
        # Whoever read the output has left; closing it again at exit must not complain either.
        sys.stderr.close()
        return NO_AUDIT
    except Exception as error:
        return _bug(error)
    return result if isinstance(result, int) else 0


def _bug(error: Exception) -> int:
    import traceback

    import click

    click.echo("".join(traceback.format_exception(error)), err=True)
    click.echo(
        f"error: no audit was performed: this is a bug in tpe-audit ({type(error).__name__}). "
        "Please report it with the lines above.",
        err=True,
    )
    return NO_AUDIT


if __name__ == "__main__":
    main()
