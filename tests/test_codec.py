"""What was written is read back, whatever it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.codec import (
    decode,
    decode_gap,
    decode_observation,
    decode_resource,
    decode_verdict,
    describe_resource,
    encode,
    encode_gap,
    encode_observation,
    encode_resource,
    encode_verdict,
)
from audits.model import (
    Cause,
    Finding,
    Gap,
    Observation,
    Origin,
    Portion,
    Redacted,
    Reference,
    Resource,
    State,
    Unknown,
    Verdict,
)

texts = st.text(max_size=6)
references = st.one_of(
    st.builds(Reference, texts, texts),
    st.sampled_from(
        [
            Reference('module.a["x.y"].aws_subnet.b[0]', "id"),
            Reference("var.zone"),
            Reference("data.aws_ami.x", "arn"),
            Reference("module.a.module.b", "out.x"),
            Reference("aws_instance.a[*]", "id"),
        ]
    ),
)


def _unknowns(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        Unknown,
        st.sampled_from(Cause),
        st.lists(references, max_size=2).map(tuple),
        texts,
        partial=inner,
        parts=st.lists(texts | st.builds(Unknown, st.sampled_from(Cause)), max_size=2).map(tuple),
        open=st.booleans(),
        length=st.none() | st.integers(0, 3),
        not_null=st.booleans(),
        sensitive=st.booleans(),
    )


keys = texts | st.sampled_from(["__unknown__", "__redacted__", "__literal__"])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.builds(Redacted, texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=2) | _unknowns(inner),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(values)
def test_every_value_comes_back(value: Any) -> None:
    assert decode(json.loads(json.dumps(encode(value)))) == value


@pytest.mark.parametrize("key", ["__unknown__", "__redacted__", "__literal__"])
@pytest.mark.parametrize(
    "inner", [None, 1, {}, {"cause": "computed", "references": []}, {"__literal__": {}}, {"reason": "x"}]
)
def test_an_object_that_looks_like_ours_survives(key: str, inner: Any) -> None:
    value = {"policy": {key: inner}}
    assert decode(json.loads(json.dumps(encode(value)))) == value


def test_the_published_form_of_an_unknown_value() -> None:
    value = Unknown(Cause.COMPUTED, (Reference("aws_vpc.a", "id"),), partial={"a": [1]})
    assert encode(value) == {
        "__unknown__": {"cause": "computed", "references": ["aws_vpc.a.id"], "partial": {"a": [1]}}
    }


def test_a_resource_in_a_module_is_no_output_of_it() -> None:
    inside = Unknown(Cause.COMPUTED, (Reference("module.m.aws_vpc.a", "id"), Reference("module.m", "vpc.id")))
    data = encode(inside)
    assert data["__unknown__"]["references"] == ["module.m.aws_vpc.a.id", "module.m.vpc.id"]
    assert decode(data) == inside


def test_a_cause_there_is_none_of_is_refused() -> None:
    with pytest.raises(ValueError, match="whim"):
        decode({"__unknown__": {"cause": "whim", "references": []}})


ORIGIN = Origin("a.tf", 3, 4, "arn:x", ("main.tf:1 module.a",))
RESOURCE = Resource(
    "aws_vpc",
    "aws_vpc.a",
    {"x": [Unknown(Cause.UNSET)]},
    ORIGIN,
    "1",
    "r",
    "k",
    "unset",
    {"x[0]": ORIGIN},
    ("tags",),
    Unknown(Cause.VARIABLE),
    {"x": "a page"},
)
GAP = Gap("live", ("a", "b"), "scope", "cause", "detail", "mend", "1", "r", "id", "attr", "mod", "s3:Get", ORIGIN)


def test_every_noun_comes_back() -> None:
    for gap in (GAP, Gap("terraform", None, "s", "c")):
        assert decode_gap(json.loads(json.dumps(encode_gap(gap)))) == gap
    for resource in (RESOURCE, Resource("a", "b", {})):
        assert decode_resource(json.loads(json.dumps(encode_resource(resource)))) == resource
    for verdict in (
        Verdict(State.FAIL, "p", "r", {"a": 1}, Redacted(), ORIGIN, "c", "m", "k", "1", "r", "w"),
        Verdict(State.PASS),
    ):
        assert decode_verdict(json.loads(json.dumps(encode_verdict(verdict)))) == verdict
    whole = Observation(
        "live", (RESOURCE,), (GAP,), (Finding("live", "t", "d", ORIGIN),), "s", "f", "me", "src", ("1",), ("r",)
    )
    whole = replace(whole, portions=(Portion("aws_vpc", "x", ("a", "b")),))
    written = encode_observation(whole)
    assert decode_observation(json.loads(json.dumps(written))) == whole
    del written["portions"]
    assert decode_observation(written) == replace(whole, portions=()), "as it was written before there were portions"


def test_a_resource_as_it_is_shown() -> None:
    shown = describe_resource(RESOURCE)
    assert shown["address"] == "aws_vpc.a"
    assert (shown["file"], shown["line"]) == ("a.tf", 3)
    assert shown["attributes"] == {"x": [{"__unknown__": {"cause": "unset", "references": []}}]}
