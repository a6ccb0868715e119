"""Views are shared by controls that see an observation alike, and by no others; items run as pytest's own would."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest

from audits.garbage import Aside, uncollected
from audits.model import Scope
from audits.views import Views
from tests.factories import KINDS, control, observation, resource
from tests.project.harness import audit_apart, project

KIND = "aws_security_group"
NAMES = ("one", "two", None, "two")


def test_controls_that_see_alike_share_a_view() -> None:
    views, seen = Views(KINDS), observation()
    first = views.of(seen, control())
    assert views.of(seen, control(count=2)) is first
    assert views.of(seen, control(modules={"rds": ("aws_db_*",)})) is not first
    assert views.of(seen, replace(control(), scope=Scope(("111122223333",)))) is not first


def test_another_observation_of_the_plane_has_a_view_of_its_own() -> None:
    views, seen = Views(KINDS), observation()
    later = replace(seen, findings=())
    first = views.of(seen, control())
    assert views.of(later, control()).observation is later
    assert views.of(seen, control()).observation is seen
    assert views.of(seen, control()) is not first


@pytest.mark.parametrize("plane", ["terraform", "live"])
def test_selecting_by_name_says_of_each_what_looking_at_each_says(plane: str) -> None:
    held = [
        resource(KIND, f"{number}", **({"name": name} if name else {}), vpc_id="v") for number, name in enumerate(NAMES)
    ]
    view = Views(KINDS).of(observation(*held, plane=plane), control())
    for name in ("two", "none"):
        quick, slow = (
            view.select(KIND, {"name": name, "vpc_id": "v"}),
            view.select(KIND, {"name": {"const": name}, "vpc_id": "v"}),
        )
        assert quick == slow
    assert [one.resource.identity for one in view.select(KIND, {"name": "two", "vpc_id": "w"}).no][:2] == ["0", "1"]


def test_garbage_is_collected_again_afterwards() -> None:
    with pytest.raises(LookupError), uncollected():
        assert not gc.isenabled()
        raise LookupError
    assert gc.isenabled()
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_set_aside_is_taken_back() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    aside = Aside()
    try:
        assert gc.get_freeze_count() > frozen
        assert gc.get_threshold() > before
    finally:
        aside.take_back()
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_tests_before_and_after_checks_are_set_up_and_torn_down(tmp_path: Path) -> None:
    """The checks between them run without phases: what was set up for the first must not be left for the second."""
    shop = project(tmp_path)
    held = "import pytest\n@pytest.fixture(scope='package', autouse=True)\ndef held():\n    yield\n"
    for name in ("before", "after"):
        (shop / name).mkdir()
        (shop / name / "__init__.py").write_text("")
        (shop / name / f"test_{name}.py").write_text(f"{held}def test_it(held): pass\n")
    ran = audit_apart(shop, "before", "specs", "after", "--terraform", "terraform")
    assert ran.status == 0, ran.text
    assert "2 errors" not in ran.out and "error" not in ran.out.lower(), ran.out
