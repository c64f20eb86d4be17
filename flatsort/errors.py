"""Errors that report unusable input to the user."""


class InputError(ValueError):
    """The user's input cannot be used.

    The message is one sentence that names the file and line and says what to do. Commands print it
    and exit with status 2; see ``flatsort.commands.cli.run``.
    """


def failure_text(error: BaseException) -> str | None:
    """Return the sentence by which a user understands an error; None for a bug.

    An OSError that names a file is the fault of the file, such as one without permission.
    """
    if isinstance(error, InputError):
        return " ".join(str(error).split())
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror or error}"
    return None
