"""What of a program's text is a comment, by each way of writing them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.planes.files.comments import SYNTAXES, without_comments


def seen(text: str, syntax: str = "slashes") -> str:
    return without_comments(text, syntax).text


def doubted(text: str, syntax: str = "slashes") -> list[str]:
    return [text[start:end] for start, end in without_comments(text, syntax).doubtful]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a = 1 // b = 2\nc", "a = 1         \nc"),
        ("a /* b\nc */ d", "a     \n     d"),
        ('u = "http://x" // y', 'u = "http://x"     '),
        ("u = '/*' ; v = 1 /* w */", "u = '/*' ; v = 1        "),
        (r'u = "\"//" // x', r'u = "\"//"     '),
        ("t = `// a\n${b /* c */ + `// ${d}`} /* e` // f", "t = `// a\n${b         + `// ${d}`} /* e`     "),
        ("f({a: {b: `${ {c: 1}.c } //`}}) // d", "f({a: {b: `${ {c: 1}.c } //`}})     "),
        ("a / 2\nb", "a / 2\nb"),
        ("/// doc\nx = 1", "       \nx = 1"),
    ],
)
def test_comments_become_blanks_and_strings_stay(text: str, left: str) -> None:
    assert seen(text) == left
    assert doubted(text) == []


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ('x = /["]/ // y\nz // w', ['/["]/ // y']),
        ("x = /[`]/\ny = 1", ["/[`]/\ny = 1"]),
        ("x = a /b /* c\nd", ["/b /* c\nd"]),
        ("<p>don't</p>\ny", ["'t</p>"]),
        ("<p>don't /* </p>\ny", ["'t /* </p>\ny"]),
        ("x /* never closed\ny", ["/* never closed\ny"]),
        ("x = `never closed\ny", ["`never closed\ny"]),
    ],
)
def test_what_may_or_may_not_be_a_comment_is_in_doubt(text: str, doubtful: list[str]) -> None:
    assert doubted(text) == doubtful


def test_a_hash_begins_a_comment_at_the_beginning_of_a_line_only_for_certain() -> None:
    assert seen("  # a: 1\nb: 2", "hash") == "        \nb: 2"
    assert doubted("b: 2 # or 3\nc: 4", "hash") == ["# or 3"]
    assert seen("b: 2 # or 3", "hash") == "b: 2 # or 3"
    assert doubted('a = 1\nb = """\n# c = 2\n"""', "hash") == ['"""\n# c = 2\n"""']


def test_what_has_no_comments_is_all_text() -> None:
    assert seen('{"a": "// b"} # c', "none") == '{"a": "// b"} # c'


@given(st.text(alphabet="/*#`'\"\\${}\n ab1", max_size=60), st.sampled_from(sorted(SYNTAXES)))
def test_nothing_but_blanks_is_put_in_and_places_stay(text: str, syntax: str) -> None:
    reading = without_comments(text, syntax)
    assert len(reading.text) == len(text)
    assert all(new == old or new == " " for new, old in zip(reading.text, text, strict=True))
    assert reading.text.count("\n") == text.count("\n")
    assert all(0 <= start < end <= len(text) for start, end in reading.doubtful)


@given(st.text(alphabet="/*`'\"\\${}\n ab1", max_size=40))
def test_a_setting_in_front_of_the_first_of_these_characters_is_never_in_doubt(tail: str) -> None:
    reading = without_comments(f"a = 60\n{tail}", "slashes")
    assert reading.text.startswith("a = 60")
    assert not reading.doubts(0, 6)
