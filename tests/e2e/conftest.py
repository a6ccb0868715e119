"""Accounts for the end-to-end tests: a seeded one always, an applied one where the Terraform CLI is."""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import botocore.loaders
import pytest
from e2e_account import Account
from e2e_audit import ROOT, Audited, audit
from e2e_terraform import Applying, applying, obstacle

from examples.glimpse.account.demo import seeded
from examples.glimpse.account.seed import Clients, access
from examples.glimpse.account.seed.network import attach
from tests.e2e.agreement.accounts import under_way

HERE = Path(__file__).parent
_SAMPLE = 6


_ALARM = """
import os, sys

def _told(event, arguments):
    family = getattr(arguments[0], "family", None) if arguments else None
    if event == "socket.getaddrinfo" or (event == "socket.connect" and family != 1):
        os.write(2, f"{event} {arguments}".encode())
        os._exit(97)

sys.addaudithook(_told)
"""

_load = functools.cache(botocore.loaders.create_loader)


@pytest.fixture(scope="module", autouse=True)
def _from_the_root() -> Iterator[None]:
    """Audit from the project's root, as its users do; and let every botocore session share what it has parsed.

    A client's service model is half of what a reading costs. A user pays it once, these tests a hundred times.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(botocore.loaders, "create_loader", _load)
        yield


def _as_it_was(account: Account) -> None:
    """Every deviation must have been undone: the account that is left is the one that was found.

    But for the ARN of what was deleted and made again: AWS gives a scalable target another one.
    """
    found, left = (sorted((name, v.path, str(v.state)) for name, v in one.verdicts()) for one in _both(account))
    assert left == found


def _both(account: Account) -> tuple[Audited, Audited]:
    return account.conforming, audit(account.endpoint)


@pytest.fixture(scope="session")
def seeded_account() -> Iterator[Account]:
    """The demo account, conforming."""
    with seeded(()) as endpoint:
        account = Account(endpoint)
        yield account
        _as_it_was(account)


@pytest.fixture(scope="session")
def planted_account() -> Iterator[Account]:
    """The demo account with its default deviations."""
    with seeded() as endpoint:
        yield Account(endpoint)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs Terraform's account comes last: it is applied while the others run.

    What compares every attribute comes before what changes the account: moto cannot delete versions of a launch
    template, so undoing a change leaves traces that no control speaks of.

    Every deviation is made in the seeded account. In the applied one, which is read by the same code, a part of them
    shows that what Terraform made turns alike; AUDIT_E2E_ALL=1 makes all of them there, too.
    """
    items.sort(key=lambda item: (_needs_terraform(item), item.path.name != "test_no_false_drift.py"))
    spared = [] if os.environ.get("AUDIT_E2E_ALL") == "1" else [item for item in items if not _is_sampled(item)]
    if spared:
        items[:] = [item for item in items if _is_sampled(item)]
        config.hook.pytest_deselected(items=spared)


def _is_sampled(item: pytest.Item) -> bool:
    """Whether an item runs at all: of the deviations and rewrites in the applied account every sixth, by its name."""
    if item.path.name not in ("test_deviations.py", "test_equivalent.py") or not _needs_terraform(item):
        return True
    return zlib.crc32(item.name.encode()) % _SAMPLE == 0


def _needs_terraform(item: pytest.Item) -> bool:
    return item.path.is_relative_to(HERE) and item.get_closest_marker("terraform_cli") is not None


@pytest.fixture(scope="session", autouse=True)
def _under_way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applying | None]:
    if obstacle() or not any(map(_needs_terraform, request.session.items)):
        yield None
        return
    with applying(tmp_path_factory.mktemp("applied")) as under_way:
        yield under_way


@pytest.fixture(scope="session", autouse=True)
def agreeing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Applying] | None]:
    """The accounts of the agreement with the provider, being applied while the other tests run."""
    if obstacle() or not any(item.path.name == "test_agreement.py" for item in request.session.items):
        yield None
        return
    with under_way(tmp_path_factory.mktemp("agreement")) as accounts:
        yield accounts


@pytest.fixture(scope="session")
def applied_account(_under_way: Applying | None) -> Iterator[Account]:
    """An account that Terraform itself made from the conforming example."""
    if _under_way is None:
        pytest.skip(obstacle() or "no test needs Terraform")
    account = Account(_under_way.wait())
    # The owner makes the secrets by hand, before or after an apply.
    access.secrets(Clients(account.endpoint))
    # Nothing runs the user data of what the group launched.
    attach(account.aws, account.nat_interface)
    yield account
    _as_it_was(account)


@pytest.fixture(
    scope="session", params=["seeded", pytest.param("applied", marks=pytest.mark.terraform_cli)], ids=lambda name: name
)
def account(request: pytest.FixtureRequest) -> Account:
    """An account that conforms: seeded, then applied."""
    found: Account = request.getfixturevalue(f"{request.param}_account")
    return found


@pytest.fixture
def alone(tmp_path: Path) -> dict[str, str]:
    """A process that opens any connection dies at once; there are no credentials, and no files that hold some."""
    (tmp_path / "sitecustomize.py").write_text(_ALARM, encoding="utf-8")
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:1")
    return nowhere | {"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
