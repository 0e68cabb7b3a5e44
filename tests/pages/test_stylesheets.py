"""A page waits for one stylesheet and not for a chain of them."""

import re

from dashboards.assets import read


def test_stylesheets_are_sent_in_one_piece() -> None:
    assets = read()
    sent = {name: asset.body for name, asset in assets.files.items() if name.endswith(".css")}
    assert [name for name, body in sent.items() if b"@import" in body] == []
    # One rule from the first and one from the last file that each is made of.
    assert re.search(rb"--touch: 48px.*\[data-large\] h1", sent["phone.css"], re.DOTALL)
    assert re.search(rb"\.shape \{.*\.pill\.strong \{", sent["board.css"], re.DOTALL)


def test_what_is_imported_from_another_folder_names_no_file_beside_itself() -> None:
    assert b"url(" not in read().files["phone.css"].body
