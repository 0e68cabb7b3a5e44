"""Where letters go is set; what cannot work, or would give something away, stops the start by its name."""

import sys
from pathlib import Path

import pytest

from bridge.settings import WrongSetting, load

GOOD = "8f3a1c97e2b04d65a9b1c0d7e4f2836a"
WEBHOOK = 'webhook_url = "https://nhan-tin.example.gov.vn/bridge"\n'
MAIL = 'mail_from = "a@example.gov.vn"\nmail_to = ["b@example.gov.vn"]\nsmtp_host = "mail.example.gov.vn"\n'


def loaded(tmp_path: Path, post: str) -> str:
    """The error; empty when there is none."""
    file = tmp_path / "config.toml"
    file.write_text(f"[post]\n{post}")
    try:
        load(file)
    except WrongSetting as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize(
    "post", ["", WEBHOOK + f'webhook_secret = "{GOOD}"', MAIL, MAIL + 'smtp_user = "a"\nsmtp_password = "x"']
)
def test_what_is_whole_is_taken(tmp_path: Path, post: str) -> None:
    assert loaded(tmp_path, post) == ""


@pytest.mark.parametrize(
    "secret",
    ["tiny", "changemechangemechangeme", "a" * 40, "my-very-secret-webhook-key-1", "example-0123456789abcdef"],
)
def test_a_secret_that_can_be_guessed_is_refused_and_not_repeated(tmp_path: Path, secret: str) -> None:
    wrong = loaded(tmp_path, WEBHOOK + f'webhook_secret = "{secret}"')
    assert wrong.startswith("post.webhook_secret")
    assert "openssl rand -hex 32" in wrong
    assert secret not in wrong


def test_a_webhook_without_a_secret_is_refused(tmp_path: Path) -> None:
    assert "webhook_url and webhook_secret belong together" in loaded(tmp_path, WEBHOOK)


def test_half_a_mailbox_is_refused_without_telling_the_password(tmp_path: Path) -> None:
    wrong = loaded(tmp_path, 'smtp_host = "mail.example.gov.vn"\nsmtp_password = "hunter2"')
    assert "mail_from, mail_to and smtp_host belong together" in wrong
    assert "hunter2" not in wrong


def test_a_password_never_crosses_the_net_in_clear(tmp_path: Path) -> None:
    wrong = loaded(tmp_path, MAIL + 'smtp_security = "none"\nsmtp_user = "a"\nsmtp_password = "hunter2"')
    assert "starttls" in wrong
    assert "hunter2" not in wrong


def test_a_secret_under_a_misspelt_name_is_not_repeated(tmp_path: Path) -> None:
    wrong = loaded(tmp_path, f'webhook_secrt = "{GOOD}"')
    assert wrong.startswith("post.webhook_secrt")
    assert GOOD not in wrong


@pytest.mark.parametrize(
    ("post", "named"),
    [
        ('webhook_url = "nhan-tin.example.gov.vn"', "post.webhook_url"),
        ('mail_to = ["a@b.vn\\nBcc: c@d.vn"]', "post.mail_to"),
        ("cool_down_minutes = 0", "post.cool_down_minutes"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, post: str, named: str) -> None:
    assert loaded(tmp_path, post).startswith(named)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own
def test_an_address_that_apprise_does_not_know_is_counted_and_not_shown(tmp_path: Path) -> None:
    wrong = loaded(tmp_path, 'apprise = ["json://127.0.0.1/", "zalllo://token-of-ours"]')
    assert "address number 2" in wrong
    assert "token-of-ours" not in wrong


def test_apprise_is_asked_for_only_where_somebody_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As where the extra was not installed.
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert loaded(tmp_path, "") == ""
    wrong = loaded(tmp_path, 'apprise = ["json://127.0.0.1/"]')
    assert wrong.startswith("post.apprise")
    assert "pip install apprise" in wrong


@pytest.mark.parametrize("hour", ["8:05", "24:00", "08:60", "sáng"])
def test_an_hour_that_is_none_is_named(tmp_path: Path, hour: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[calendar]\nflash_times = ["{hour}"]')
    with pytest.raises(WrongSetting, match=hour):
        load(file)
