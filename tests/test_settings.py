"""Settings: arguments over environment over file, and a key that nobody gets to see."""

import copy
import dataclasses
import json
import math
import pickle
import traceback
from pathlib import Path

import pytest

from soundgen_nb.errors import SettingsError
from soundgen_nb.settings import DEFAULT_BASE_URL, Key, Settings, is_loopback

SECRET = "sk-very-secret-0123456789"
HTTPS = "https://sounds.example/v1"


def written(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return {"SOUNDGEN_HOME": str(folder)}


def shown(error):
    """Everything a traceback can show of an error: its words, its chain, its frames' locals."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(lines)


def test_without_anything_there_is_the_embedded_engine():
    settings = Settings.load({})
    assert settings.embedded
    assert settings.base_url == DEFAULT_BASE_URL
    assert settings.home.name == "soundgen_nb"


def test_arguments_come_before_the_environment_and_that_before_the_file(tmp_path):
    environment = written(tmp_path, f'api_key = "file"\nbase_url = "{HTTPS}/file"\nparallel = 7')
    environment |= {"SOUNDGEN_API_KEY": "environment"}
    settings = Settings.load(environment, base_url=f"{HTTPS}/argument")
    assert settings.base_url == f"{HTTPS}/argument"
    assert settings.api_key == Key("environment")
    assert settings.parallel == 7
    assert Settings.load(environment).base_url == f"{HTTPS}/file"
    assert Settings.load(environment, api_key="argument").api_key == Key("argument")


def test_the_environment_is_the_processs_own(monkeypatch, tmp_path):
    monkeypatch.setenv("SOUNDGEN_API_KEY", SECRET)
    monkeypatch.setenv("SOUNDGEN_BASE_URL", HTTPS)
    settings = Settings.load()
    assert (settings.api_key, settings.base_url) == (Key(SECRET), HTTPS)
    assert settings.home == tmp_path / "soundgen-home"


def test_our_variable_comes_before_the_vendors():
    both = {"SOUNDGEN_API_KEY": "ours", "MUSICGPT_API_KEY": "theirs"}
    assert Settings.load(both).api_key == Key("ours")
    assert Settings.load({"MUSICGPT_API_KEY": "theirs"}).api_key == Key("theirs")


def test_empty_variables_and_arguments_of_none_do_not_count(tmp_path):
    environment = {"SOUNDGEN_API_KEY": "", "SOUNDGEN_BASE_URL": "", "SOUNDGEN_HOME": str(tmp_path)}
    settings = Settings.load(environment, api_key=None, parallel=None)
    assert settings == Settings(home=tmp_path)


def test_a_home_may_be_text_and_begin_with_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings.load({}, home="~/sounds").home == tmp_path / "sounds"
    assert Settings(home="~/sounds").home == tmp_path / "sounds"


def test_an_address_without_a_key_says_what_is_missing():
    with pytest.raises(SettingsError, match="no key: pass api_key= or set SOUNDGEN_API_KEY"):
        Settings.load({}, base_url=HTTPS)
    with pytest.raises(SettingsError, match="no key"):
        Settings.load({"SOUNDGEN_BASE_URL": HTTPS})


def test_an_unknown_setting_names_the_known_ones():
    with pytest.raises(SettingsError, match=r"no setting 'pararel'; there are .*parallel"):
        Settings.load({}, pararel=3)


WRONG = {
    "body": ({"body": "xml"}, 'body must be "form" or "json"'),
    "body-list": ({"body": ["form"]}, "body must be"),
    "no-polls": ({"polls_per_minute": 0}, "polls_per_minute must be a number above nought"),
    "nan-polls": ({"polls_per_minute": math.nan}, "polls_per_minute must be"),
    "endless-polls": ({"polls_per_minute": math.inf}, "polls_per_minute must be"),
    "text-polls": ({"polls_per_minute": "20"}, "polls_per_minute must be"),
    "half-parallel": ({"parallel": 0.5}, "parallel must be a whole number above nought"),
    "text-parallel": ({"parallel": "3"}, "parallel must be"),
    "yes-parallel": ({"parallel": True}, "parallel must be"),
    "no-timeout": ({"timeout_seconds": -1}, "timeout_seconds must be"),
    "no-confirm": ({"confirm_above": 0}, "confirm_above must be"),
    "home": ({"home": 7}, "home must be a folder, not 7"),
    "nobodys-home": ({"home": "~nobody-of-that-name/x"}, "nobody's home folder"),
    "blank-key": ({"api_key": "  "}, "API key is blank"),
    "number-key": ({"api_key": 7}, "API key is blank or not printable"),
    "two-line-key": ({"api_key": "a\nb"}, "not printable"),
    "letters-key": ({"api_key": "schlüssel"}, "letters no key has"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "make", [Settings, lambda **given: Settings.load({}, **given)], ids=["made", "loaded"]
)
def test_a_value_that_cannot_work_is_named(make, arguments, words):
    with pytest.raises(SettingsError, match=words):
        make(**arguments)


BAD_URLS = ["sounds.example/v1", "ftp://sounds.example", "https://", "//x", "https://h:port", "",
            "http://[::1", "javascript://x", 7, "file:///etc/passwd"]  # fmt: skip


@pytest.mark.parametrize("url", BAD_URLS)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SettingsError, match="must be an http or https address such as https"):
        Settings(api_key="k", base_url=url)


def test_slashes_at_the_end_of_an_address_do_not_matter():
    assert Settings(base_url=f"{HTTPS}//") == Settings(base_url=HTTPS)


HERE = ["http://127.0.0.1:8000/v1", "http://localhost:8000/v1", "http://[::1]:8000/v1",
        "http://127.1.2.3/v1"]  # fmt: skip


@pytest.mark.parametrize("url", HERE)
def test_plain_http_may_go_to_this_machine(url):
    assert Settings(api_key=SECRET, base_url=url).base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://sounds.example/v1",
        "http://192.168.0.5/v1",
        "http://localhost.evil.example/v1",
        "http://127.0.0.1.evil.example/v1",
        "http://0.0.0.0/v1",
    ],
)
def test_plain_http_beyond_this_machine_wants_to_be_meant(url):
    with pytest.raises(SettingsError, match="plain http beyond this machine"):
        Settings(api_key="local-x", base_url=url)
    assert Settings(api_key="local-x", base_url=url, allow_http=True).base_url == url


def test_a_vendors_key_never_goes_over_plain_http_beyond_this_machine():
    with pytest.raises(SettingsError, match="only a local server's key") as caught:
        Settings(api_key=Key(SECRET), base_url="http://class.example/v1", allow_http=True)
    assert SECRET not in shown(caught.value)


@pytest.mark.parametrize(
    "url", [f"https://me:{SECRET}@a.example/v1", f"https://{SECRET}@a.example"]
)
def test_a_password_in_the_address_is_refused_and_not_quoted(url):
    with pytest.raises(SettingsError, match="pass the key as api_key=") as caught:
        Settings(api_key="k", base_url=url)
    assert SECRET not in str(caught.value)


def test_a_key_in_the_place_of_the_address_is_not_quoted():
    with pytest.raises(SettingsError, match="not what was given") as caught:
        Settings(api_key="k", base_url=SECRET)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        "{!s:>40}".format,
        "{!r}".format,
        lambda it: f"{it}",
        lambda it: "%s %r" % (it, it),  # noqa: UP031  # this spelling too
        lambda it: str([it, {"a": it}]),
        lambda it: shown(ValueError(it)),
        lambda it: str(dataclasses.fields(it)) if dataclasses.is_dataclass(it) else "",
    ],
)
@pytest.mark.parametrize("holder", [Key(SECRET), Settings(api_key=SECRET)], ids=["key", "settings"])
def test_the_key_is_in_nothing_that_is_shown(show, holder):
    assert SECRET not in show(holder)


@pytest.mark.parametrize("holder", [Key(SECRET), Settings(api_key=SECRET)], ids=["key", "settings"])
@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_key_is_neither_pickled_nor_copied(take, holder):
    if take is copy.copy and isinstance(holder, Settings):
        assert take(holder) == holder  # the same key, not a copy of it
        return
    with pytest.raises(SettingsError, match="not pickled") as caught:
        take(holder)
    assert SECRET not in str(caught.value)


def test_a_key_is_no_json():
    with pytest.raises(TypeError, match="not JSON serializable"):
        json.dumps({"key": Key(SECRET)})


def test_keys_are_told_apart_without_being_told():
    assert Key(SECRET) == Key(f"  {SECRET}\n")
    assert Key(SECRET) != Key("other")
    assert Key(SECRET) != SECRET
    assert len({Key(SECRET), Key(SECRET), Key("other")}) == 2
    assert Key(SECRET).fingerprint == Key(SECRET).fingerprint != Key("other").fingerprint
    assert len(Key(SECRET).fingerprint) == 12


def test_only_a_local_servers_key_is_local():
    assert Key("local-abc").is_local
    assert not Key(SECRET).is_local


@pytest.mark.parametrize("key", [f"{SECRET}\x00", f"{SECRET}ü"])
def test_a_key_that_cannot_be_one_is_not_quoted(key):
    with pytest.raises(SettingsError, match="copy it again") as caught:
        Key(key)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


BROKEN_FILES = {
    "syntax": f'api_key = "{SECRET}',
    "twice": f'api_key = "{SECRET}"\napi_key = "{SECRET}"',
    "kind": f'api_key = "{SECRET}"\nparallel = "{SECRET}"',
    "unknown": f'apikey = "{SECRET}"',
    "table": f'[api_key]\nis = "{SECRET}"',
    "home": 'home = "/elsewhere"',
    "value": f'api_key = "{SECRET}"\nparallel = -1',
    "truth": f'api_key = "{SECRET}"\nparallel = true',
}


@pytest.mark.parametrize("text", BROKEN_FILES.values(), ids=BROKEN_FILES)
def test_a_file_that_cannot_be_used_is_not_quoted(tmp_path, text):
    with pytest.raises(SettingsError, match=r"settings\.toml|must be") as caught:
        Settings.load(written(tmp_path, text))
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_key_of_the_file_is_not_among_the_variables_of_a_later_error(tmp_path):
    environment = written(tmp_path, f'api_key = "{SECRET}"\nparallel = -1')
    with pytest.raises(SettingsError, match="parallel must be") as caught:
        Settings.load(environment)
    assert SECRET not in shown(caught.value)


def test_a_file_that_is_not_text_is_not_quoted(tmp_path):
    (tmp_path / "settings.toml").write_bytes(SECRET.encode() + b"\xff\xfe")
    with pytest.raises(
        SettingsError, match=r"cannot read settings\.toml: UnicodeDecodeError"
    ) as caught:
        Settings.load({"SOUNDGEN_HOME": str(tmp_path)})
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_file_that_is_a_folder_is_told(tmp_path):
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(SettingsError, match=r"cannot read settings\.toml: IsADirectoryError"):
        Settings.load({"SOUNDGEN_HOME": str(tmp_path)})


def test_every_setting_but_the_folder_can_stand_in_the_file(tmp_path):
    text = """
        api_key = "local-x"
        base_url = "http://class.example/v1"
        allow_http = true
        body = "json"
        polls_per_minute = 12.5
        parallel = 3
        timeout_seconds = 60
        confirm_above = 9
    """
    settings = Settings.load(written(tmp_path, text))
    assert settings == Settings(
        api_key=Key("local-x"),
        base_url="http://class.example/v1",
        home=tmp_path,
        allow_http=True,
        body="json",
        polls_per_minute=12.5,
        parallel=3,
        timeout_seconds=60,
        confirm_above=9,
    )
    given = {line.split("=")[0].strip() for line in text.splitlines() if "=" in line}
    assert given | {"home"} == {field.name for field in dataclasses.fields(Settings)}


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_this_machine_is_told_from_others(host, here):
    assert is_loopback(host) is here


def test_a_home_is_a_path():
    assert isinstance(Settings().home, Path)
