"""What a browser needs of a file: the same program without the lines that are written for people.

The operator's page is measured in bytes, and a third of them were comments. Only whole lines go, and their line ends stay, so
that what a browser complains of stands on the line that it names.
"""

import re

_FOR_PEOPLE = re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*$|^[ \t]*//[^\n]*$", re.MULTILINE | re.DOTALL)


def bare(source: bytes) -> bytes:
    """JavaScript or CSS whose strings do not span lines: a template that did could hold a line that looks like a comment."""
    return _FOR_PEOPLE.sub(lambda comment: b"\n" * comment[0].count(b"\n"), source)
