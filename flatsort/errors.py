"""The error that reports unusable input to the user."""


class InputError(ValueError):
    """The user's input cannot be used.

    The message is one sentence that names the file and line and says what to do. Commands print it
    and exit with status 2; see ``flatsort.commands.cli.run``.
    """
