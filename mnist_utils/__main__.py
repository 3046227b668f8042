"""The command line: python -m mnist_utils train | evaluate | predict | export."""

import argparse
import contextlib
import sys
import traceback

from mnist_utils.commands import evaluate, export, predict, train
from mnist_utils.commands.messages import complain, drop

COMMANDS = {"train": train, "evaluate": evaluate, "predict": predict, "export": export}
FAULT, STOPPED, CLOSED = 70, 130, 141  # exit codes, those that shells know


def main(arguments: list[str] | None = None, parser: argparse.ArgumentParser | None = None) -> int:
    """Run one command, of this parser or another, and say in one line what went wrong, if anything did.

    Gives 0 when all went well, 1 when some picture could not be read, 2 for bad input and for files that can't be
    written, 70 for too little memory or a fault of this program, 130 when it was stopped by Ctrl-C, and 141 when nobody
    read its output on.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names of files may hold what the terminal can't show
            stream.reconfigure(errors="backslashreplace")
    options = (parser or _parser()).parse_args(arguments)
    try:
        code = options.run(options)
        if sys.stdout:
            sys.stdout.flush()
        return code
    except KeyboardInterrupt as stop:
        return _failed(str(stop) or "stopped.", STOPPED, options.debug)
    except BrokenPipeError:
        return _failed("stopped, as nobody reads its output any more.", CLOSED, options.debug)
    except OSError as error:
        unnamed = error.errno and not error.filename  # those of files name them
        text = f"the output can't be written ({error.strerror})." if unnamed else str(error)
        return _failed(text, 2, options.debug)
    except (ValueError, ImportError) as error:
        return _failed(str(error), 2, options.debug)
    except MemoryError:
        return _failed("there is not enough memory.", FAULT, options.debug)
    except Exception as error:
        text = f"{type(error).__name__}: {error}. That is a bug in this program; --debug shows where it is."
        return _failed(text, FAULT, options.debug)


def _failed(text: str, code: int, debug: bool) -> int:
    """Say on stderr, in one line, why it ends here, and make the end itself silent; gives the exit code."""
    complain(text)
    if debug:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            traceback.print_exc()
    drop(sys.stdout)
    drop(sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mnist_utils", description="Train, measure and use digit readers.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show where a fault was")
    commands = parser.add_subparsers(required=True, metavar=" | ".join(COMMANDS))
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.run.__doc__, parents=[common])
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
