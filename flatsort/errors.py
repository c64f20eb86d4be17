"""The one error a user is meant to read."""


class InputError(ValueError):
    """Something the user gave cannot be used.

    The message is one sentence that names the file (and line) and says what to do. Command lines
    print it and exit with status 2; see :func:`flatsort.commands.cli.run`.
    """
