#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL they find the embedded database running, or start it."""

import os
import sys

WITHOUT_DATABASE = {"database", "help", "version"}


def needs_database(arguments: list[str]) -> bool:
    """Whether the command may touch the database: all do but a few, and any that is only asked for its help."""
    if not arguments or arguments[0].startswith("-") or arguments[0] in WITHOUT_DATABASE:
        return False
    return not {"-h", "--help", "--version"} & set(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lep_tracker.settings")
    try:
        from django.core.management import execute_from_command_line

        from lep_tracker.starting import plain_errors, start_embedded_database
    except ModuleNotFoundError as error:
        sys.exit(f"The Python package {error.name} is not installed: run script/setup first.")
    with plain_errors():
        if needs_database(sys.argv[1:]):
            start_embedded_database()
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
