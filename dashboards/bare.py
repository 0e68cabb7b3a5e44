"""What a browser needs of a file: the same program without what is written for people, whole comment lines and indents.

The operator's page is measured in bytes, and a third of them were comments. Line ends stay, so that what a browser complains
of stands on the line that it names.
"""

import re

_FOR_PEOPLE = re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*$|^[ \t]*//[^\n]*$", re.MULTILINE | re.DOTALL)

_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)


def bare(source: bytes) -> bytes:
    """JavaScript or CSS whose strings do not span lines: a template that did could hold a line that looks like a comment."""
    return _INDENT.sub(b"", _FOR_PEOPLE.sub(lambda comment: b"\n" * comment[0].count(b"\n"), source))
