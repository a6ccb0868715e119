"""What makes botocore cheaper changes nothing it does."""

from __future__ import annotations

import copy
import gc
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session
import pytest
from botocore.compat import accepts_kwargs
from botocore.handlers import BUILTIN_HANDLERS
from botocore.hooks import EVENT_ALIASES, EventAliaser, HierarchicalEmitter
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from audits.planes.live import economy
from audits.planes.live.economy import RememberingAliaser, new_session, timestamp, without_old_garbage

SERVICES = (
    "ec2",
    "ecs",
    "elbv2",
    "s3",
    "secretsmanager",
    "application-autoscaling",
    "cloudwatch",
    "logs",
    "opsworkscm",
)
NAMES = [
    *(f"before-call.{service}.DescribeThings" for service in SERVICES),
    *(f"creating-client-class.iot-data.{service}" for service in SERVICES),
    "needs-retry",
    "request-created.config-service.ListThings",
    "docs.*.logs.CreateExportTask.complete-section",
]


def test_events_have_the_names_that_botocore_gives_them() -> None:
    own, theirs = RememberingAliaser(HierarchicalEmitter()), EventAliaser(HierarchicalEmitter())
    for again in (False, True):
        for name in NAMES:
            assert own._alias_event_name(name) == theirs._alias_event_name(name), (name, again)
    assert theirs._alias_event_name("before-call.elbv2.X") != "before-call.elbv2.X", "some have others"


def test_what_one_client_found_all_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(economy, "_NAMES", {})
    looked_up: list[str] = []

    def look_up(self: Any, name: str) -> str:
        looked_up.append(name)
        return name

    monkeypatch.setattr(EventAliaser, "_alias_event_name", look_up)
    first = RememberingAliaser(HierarchicalEmitter())
    heard: list[str] = []
    first.register("elbv2.b", lambda event_name, **_: heard.append(event_name))
    second = copy.copy(first)
    assert type(second) is RememberingAliaser
    for aliaser in (first, second, first):
        aliaser.emit("elbv2.b")
    assert (looked_up, heard) == (["elbv2.b"], ["elbv2.b"] * 3)


@pytest.mark.parametrize("part", sorted(EVENT_ALIASES))
def test_no_entry_of_the_table_is_passed_over(part: str) -> None:
    own, theirs = RememberingAliaser(HierarchicalEmitter()), EventAliaser(HierarchicalEmitter())
    for name in (part, f"before-call.{part}.X", f"a{part}", f"before-call.{part}b"):
        assert own._alias_event_name(name) == theirs._alias_event_name(name)


def test_own_handlers_have_to_take_any_argument_and_botocores_do() -> None:
    events = new_session().get_component("event_emitter")
    with pytest.raises(ValueError, match="keyword"):
        events.register("a.b", lambda: None)
    every = [spec[1] for spec in BUILTIN_HANDLERS]
    assert len(every) > 100 and all(accepts_kwargs(handler) for handler in every)


def test_a_session_has_every_handler_of_botocore_and_its_own_ones_alone() -> None:
    first, second, theirs = new_session(), new_session(), botocore.session.Session()
    first.register("my-event.ec2.X", lambda **_: "mine")
    names = [spec[0] for spec in BUILTIN_HANDLERS]
    for name in names:
        name = name.replace("*", "x")
        found = [one.get_component("event_emitter")._emitter._handlers.prefix_search(name) for one in (second, theirs)]
        assert list(found[0]) == list(found[1]), name
    heard = [one.get_component("event_emitter").emit("my-event.ec2.X") for one in (first, second)]
    assert [[answer for _, answer in answers] for answers in heard] == [["mine"], []]


def test_clients_of_a_session_have_it() -> None:
    session = new_session()
    client = session.create_client("sts", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    assert type(client.meta.events) is RememberingAliaser
    heard: list[str] = []
    session.register("choose-thing.elbv2.*", lambda event_name, **_: heard.append(event_name))
    other = session.create_client("elbv2", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    other.meta.events.emit("choose-thing.elbv2.DescribeTags")
    client.meta.events.emit("choose-thing.elbv2.DescribeTags")  # made before somebody listened
    assert heard == ["choose-thing.elastic-load-balancing-v2.DescribeTags"], "each client has its own listeners"


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)),
    st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%d %H:%M", "%c"]),
)
def test_a_time_is_what_botocore_reads(moment: datetime, written: str) -> None:
    text = moment.strftime(written)
    found, theirs = timestamp(text), parse_timestamp(text)
    assert (found, found.utcoffset()) == (theirs, theirs.utcoffset())


@pytest.mark.parametrize(
    "value", ["2024-01-02T03:04:05.123Z", "2024-01-02T03:04:05.1Z", 1_700_000_000, 1.5, "1600000000", "Tue, 2 Jan 2024"]
)
def test_a_time_in_another_form_is_too(value: Any) -> None:
    found, theirs = timestamp(value), parse_timestamp(value)
    assert (found, found.utcoffset()) == (theirs, theirs.utcoffset())


def test_a_time_is_in_utc() -> None:
    found = timestamp("2024-01-02T03:04:05Z")
    assert (found, found.utcoffset()) == (datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), timedelta(0))


@pytest.mark.parametrize("value", ["2024-02-30T00:00:00Z", "yesterday", ""])
def test_what_is_no_time_is_refused_as_ever(value: str) -> None:
    with pytest.raises(ValueError, match="Invalid timestamp"):
        timestamp(value)


def test_the_parsers_read_times_so() -> None:
    made = new_session().get_component("response_parser_factory").create_parser("query")
    assert made._timestamp_parser is timestamp
    plain = botocore.session.Session().get_component("response_parser_factory").create_parser("query")
    assert plain._timestamp_parser is not timestamp, "only in this suite's sessions"


def test_old_objects_are_left_alone_meanwhile_and_collected_after() -> None:
    assert gc.get_freeze_count() == 0
    with without_old_garbage():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    with pytest.raises(RuntimeError), without_old_garbage():
        raise RuntimeError
    assert gc.get_freeze_count() == 0


def test_what_others_froze_stays_frozen() -> None:
    gc.freeze()
    try:
        with without_old_garbage():
            assert gc.get_freeze_count() > 0
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
