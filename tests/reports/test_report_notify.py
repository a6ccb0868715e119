"""Notifications: said on change only, and sent to real servers on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
import report_runs
from moto.server import ThreadedMotoServer
from test_report_commands import reports
from test_report_history import night

from reports.history.trend import past_of, trend
from reports.labels import Labels
from reports.notify.command import ways_of
from reports.notify.message import Message, message
from reports.notify.sns import to_topic
from reports.notify.web import TRIES, slack_text, to_slack, to_webhook
from reports.report import ReportError, dumps, write

Run = dict[str, Any]
SAID = Message("2 deviate", ("✗ <@here> *x* & `y`",), {"run": {"id": "n"}, "글": "한국어"})
EN = Labels("en")


def told(*states: str | None) -> Run:
    """The last of these nights, with the trend that the others make."""
    nights = [night(number, state) for number, state in enumerate(states)]
    nights[-1]["history"] = trend([past_of(one) for one in nights[:-1]], nights[-1])
    return nights[-1]


# --- what is said


@pytest.mark.parametrize("states", [("fail", "fail"), ("pass", "pass"), ("pass",), ("pass", None)])
def test_no_change_is_not_told(states: tuple[str | None, ...]) -> None:
    assert message(told(*states), EN) is None
    assert message(told(*states), EN, always=True) is not None


@pytest.mark.parametrize(
    ("states", "new", "fixed"),
    [
        (("pass", "fail"), 1, 0),
        (("fail", "pass"), 0, 1),
        (("fail", "pass", "fail"), 1, 0),
        (("fail",), 1, 0),
        (("fail", "unreadable"), 0, 0),
    ],
)
def test_a_change_is_told(states: tuple[str, ...], new: int, fixed: int) -> None:
    said = message(told(*states), EN, link="https://ci.example/1")
    assert said is not None
    assert len(said.data["new"]) == new
    assert len(said.data["fixed"]) == fixed
    assert said.lines[-1] == said.data["link"] == "https://ci.example/1"
    assert sum(line.startswith("✗") for line in said.lines) == new
    assert sum(line.startswith("✓") for line in said.lines) == fixed


def test_an_audit_that_broke_is_told() -> None:
    run = told("pass", "pass")
    run["summary"]["exit_status"] = 3
    assert message(run, EN) is not None


def test_what_is_waived_is_not_new() -> None:
    run = told("pass", "fail")
    run["controls"][0]["planes"]["live"]["verdicts"][1]["waiver"] = "W-1"
    said = message(run, EN)
    assert said is not None
    assert said.data["new"] == []


def test_hostile_text_acts_nowhere() -> None:
    run = report_runs.hostile()
    said = message(run, EN, always=True)
    assert said is not None
    assert not [line for line in (said.title, *said.lines) if "\x1b" in line or "\u202e" in line or "\n" in line]
    assert "<@here>" not in slack_text("<@here>")
    assert slack_text("*a*") == "*\u200ba*\u200b"


# --- webhooks


@dataclass
class Server:
    """A webhook: what it got, and what it answers, the last answer again and again."""

    answers: list[int]
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server([200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            self.send_response(status)
            self.send_header("Location", f"{state.address}/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *arguments: object) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{web.server_port}"
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield state
    web.shutdown()
    web.server_close()


def nap(seconds: float) -> None:
    """No waiting between tries."""


def test_slack_gets_text_that_mentions_nobody(server: Server) -> None:
    to_slack(f"{server.address}/services/T0/B0/secret", SAID)
    ((path, headers, body),) = server.got
    assert path == "/services/T0/B0/secret"
    assert headers["content-type"].startswith("application/json")
    text = json.loads(body)["text"]
    assert "&lt;@here&gt;" in text
    assert "<" not in text


def test_the_webhook_is_signed(server: Server) -> None:
    to_webhook(f"{server.address}/hook?x=1", SAID, "sesame", now=lambda: 1_700_000_000.5)
    ((path, headers, body),) = server.got
    assert path == "/hook?x=1"
    assert json.loads(body) == SAID.data
    wanted = hmac.new(b"sesame", headers["x-audit-timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["x-audit-signature"] == f"sha256={wanted}"
    assert headers["x-audit-timestamp"] == "1700000000"
    assert b"sesame" not in body


def test_without_a_secret_nothing_is_signed(server: Server) -> None:
    to_webhook(server.address, SAID, None)
    assert "x-audit-signature" not in server.got[0][1]


@pytest.mark.parametrize("busy", [500, 503, 429])
def test_a_busy_server_is_tried_again(server: Server, busy: int) -> None:
    server.answers = [busy, busy, 200]
    to_slack(server.address, SAID, sleep=nap)
    assert len(server.got) == 3


@pytest.mark.parametrize(("answer", "tries"), [(500, TRIES), (404, 1), (403, 1), (302, 1), (307, 1)])
def test_a_refusal_is_said_without_the_address(server: Server, answer: int, tries: int) -> None:
    server.answers = [answer]
    with pytest.raises(ReportError, match=f"at 127.0.0.1: answered {answer}") as caught:
        to_slack(f"{server.address}/services/s3cret", SAID, sleep=nap)
    assert "s3cret" not in str(caught.value)
    assert len(server.got) == tries
    assert all(path != "/elsewhere" for path, _, _ in server.got), "no redirect is followed"


def test_nobody_there_is_said(server: Server) -> None:
    with pytest.raises(ReportError, match=r"at 127\.0\.0\.1") as caught:
        to_webhook("http://127.0.0.1:1/s3cret", SAID, None, sleep=nap)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["http://example.com/s3cret", "ftp://x/s3cret", "s3cret", "https://", "https://[s3cret", "https://x/\ns3cret"],
)
def test_an_address_that_is_not_safe_is_refused(address: str) -> None:
    with pytest.raises(ReportError, match="no https:// URL") as caught:
        to_slack(address, SAID)
    assert "s3cret" not in str(caught.value)


# --- SNS


@pytest.fixture(scope="module")
def account() -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "y"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)


def test_a_topic_passes_it_on_as_a_chat_message(account: str, server: Server, credentials: None) -> None:
    client = boto3.client("sns", region_name="ap-northeast-2", endpoint_url=account)
    topic = client.create_topic(Name="audit")["TopicArn"]
    client.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"{server.address}/chat")
    to_topic(topic, SAID, account)
    notes = [json.loads(body) for path, _, body in server.got if path == "/chat"]
    (note,) = (one for one in notes if one["Type"] == "Notification")
    content = json.loads(note["Message"])
    assert content["version"] == "1.0"
    assert content["source"] == "custom"
    assert content["content"]["title"] == SAID.title
    assert "<@" not in content["content"]["description"]


@pytest.mark.parametrize("topic", ["audit", "arn:aws:sqs:us-east-1:123456789012:x", "arn:aws:sns::1:x", ""])
def test_what_is_no_topic_is_refused(topic: str) -> None:
    with pytest.raises(ReportError, match="no ARN of a topic"):
        to_topic(topic, SAID)


def test_a_topic_that_is_not_there_is_said(account: str, credentials: None) -> None:
    with pytest.raises(ReportError, match="SNS: ") as caught:
        to_topic("arn:aws:sns:ap-northeast-2:123456789012:nowhere", SAID, account)
    assert "\n" not in str(caught.value)


# --- the command


def test_the_environment_names_the_ways() -> None:
    assert list(ways_of({})) == []
    names = {"AUDIT_SLACK_WEBHOOK": "https://a", "AUDIT_WEBHOOK": "https://b", "AUDIT_SNS_TOPIC": "arn"}
    assert list(ways_of(names)) == ["Slack webhook", "webhook", "SNS topic"]
    assert list(ways_of({"AUDIT_WEBHOOK": " "})) == []


def test_one_way_that_fails_stops_no_other(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "run.json", dumps(told("pass", "fail")))
    monkeypatch.setenv("AUDIT_SLACK_WEBHOOK", "http://example.com/s3cret")
    monkeypatch.setenv("AUDIT_WEBHOOK", f"{server.address}/s3cret")
    monkeypatch.setenv("AUDIT_WEBHOOK_SECRET", "sesame")
    done = reports(tmp_path, "notify", "run.json")
    assert done.returncode == 5
    assert b"told: webhook" in done.stdout
    assert done.stderr.count(b"\n") == 1
    assert b"not sent: Slack webhook" in done.stderr
    assert b"s3cret" not in done.stdout + done.stderr
    assert b"sesame" not in done.stdout + done.stderr
    assert len(server.got) == 1


def test_the_command_tells_nobody_of_nothing(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_WEBHOOK", server.address)
    write(tmp_path / "run.json", dumps(told("fail", "fail")))
    done = reports(tmp_path, "notify", "run.json")
    assert (done.returncode, server.got) == (0, [])
    assert b"nothing changed" in done.stdout
    write(tmp_path / "run.json", dumps(told("pass", "fail")))
    monkeypatch.delenv("AUDIT_WEBHOOK")
    done = reports(tmp_path, "notify", "run.json")
    assert done.returncode == 0
    assert b"nobody to tell" in done.stdout
    assert "AUDIT_WEBHOOK" not in os.environ


def test_an_audit_that_left_no_run_is_told(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_WEBHOOK", server.address)
    done = reports(tmp_path, "notify", "--broken", "4", "--link", "https://ci.example/1")
    assert done.returncode == 0
    assert json.loads(server.got[0][2])["broken"] == 4
    assert reports(tmp_path, "notify").returncode == 4
    assert reports(tmp_path, "notify", "run.json", "--broken", "4").returncode == 4
