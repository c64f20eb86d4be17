"""What every command line shares: how it fails."""

import signal
import sys
from collections.abc import Callable

from tools.errors import InputError


def run(main: Callable[[], None]) -> None:
    """Run a command line; bad input becomes one sentence on stderr and exit status 2.

    An interrupt exits with 130 and a termination with 143, as shells expect, both after cleaning
    up. Anything else is a bug of ours and keeps its traceback.
    """
    # By default a terminated process stops where it is and leaves its temporary files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except InputError as error:
        # A library's reason quoted in it may have several lines.
        sentence = " ".join(str(error).splitlines())
        print(f"error: {sentence}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (`| head`) went away; Python would complain again while flushing stdout.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # A folder that may not be entered, a name too long: the user's file, not our bug.
        if error.filename is None:
            raise
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
