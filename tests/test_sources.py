"""From options to observations: places as seen from here, what is imported, and input that is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from unittest import mock

import pytest

from audits import kinds, sources
from audits.model import Extent, Finding, Gap, Observation, Origin, Redacted, Resource
from audits.sources import InputError, Sources, seen_from_here
from tests.project.harness import process, project


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AUDIT_CACHE_DIR", "")
    monkeypatch.chdir(project(tmp_path))


def read(**options: object) -> Observation:
    return sources.read("terraform", Sources(terraform=Path("terraform"), **options), ())  # type: ignore[arg-type]


def test_the_planes_are_those_asked_for() -> None:
    assert Sources().planes == ()
    assert Sources(terraform=Path()).planes == ("terraform",)
    assert Sources(live=True).planes == ("live",)
    assert Sources(terraform=Path(), live=True).planes == ("terraform", "live")


def test_places_are_paths_from_the_working_directory() -> None:
    found = {resource.identity: resource for resource in read().resources}
    bucket = found["module.store.aws_s3_bucket.this"]
    assert str(bucket.origin) == "terraform/modules/store/main.tf:5"
    assert bucket.origin.calls == ("terraform/main.tf:19 module.store",)
    assert str(bucket.origin_of("public_access_block[0]")) == "terraform/modules/store/main.tf:9"
    assert str(found["aws_db_instance.orders"].origin_of("instance_class")) == "terraform/main.tf:8"


def test_places_of_gaps_and_findings_move_too_and_arns_stay() -> None:
    origin = Origin("../lib/a.tf", 3, calls=("main.tf:1 module.a",))
    resource = Resource("aws_vpc", "aws_vpc.a", {}, Origin(arn="arn:aws:x"), origins={"tags": origin})
    gap = Gap("terraform", None, "a.tf", "syntax error", origin=origin)
    before = Observation("terraform", (resource,), (gap,), (Finding("terraform", "f", origin=origin),))
    after = seen_from_here(before, Path("infra/prod"))
    moved = Origin("infra/lib/a.tf", 3, calls=("infra/prod/main.tf:1 module.a",))
    assert after.gaps[0].origin == after.findings[0].origin == after.resources[0].origins["tags"] == moved
    assert after.resources[0].origin == Origin(arn="arn:aws:x")


def test_variables_reach_the_source_and_later_ones_win() -> None:
    Path("more.tfvars").write_text("retention = 2\n")
    by_file = read(var_files=(Path("more.tfvars"),))
    by_hand = read(var_files=(Path("more.tfvars"),), variables=(("retention", "3"), ("retention", "4")))
    retention = [one.resources[0].attributes["backup_retention_period"] for one in (by_file, by_hand)]
    assert retention == [2, 4]


def test_the_observation_is_canonical_and_redacted_only_on_request() -> None:
    folded = read(variables=(("password", "hidden"),))
    assert {one.kind for one in folded.resources} == {"aws_db_instance", "aws_s3_bucket"}
    assert folded.resources[0].attributes["password"] == Redacted("sensitive")
    raw = sources.read_terraform(Sources(terraform=Path("terraform")))
    assert "aws_s3_bucket_public_access_block" in {one.kind for one in raw.resources}
    main = Path("terraform/main.tf")
    main.write_text(main.read_text().replace("var.password", '"in the open"'))
    assert "in the open" not in repr(sources.redacted(sources.read_terraform(Sources(terraform=Path("terraform")))))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("terraform/terraform.tfvars", "terraform/terraform.tfvars:2"),
        ("terraform/x.auto.tfvars", "terraform/x.auto.tfvars:2"),
        ("terraform/x.auto.tfvars.json", "terraform/x.auto.tfvars.json:"),
        ("given.values", "given.values:2"),
    ],
)
def test_values_that_cannot_be_read_are_refused_since_defaults_would_stand_in(name: str, place: str) -> None:
    Path(name).write_text('\npassword = "hidden" "hidden"\n')
    given = (Path(name),) if name.startswith("given") else ()
    with pytest.raises(InputError) as caught:
        read(var_files=given)
    assert str(caught.value).startswith(place)
    assert str(caught.value).endswith("syntax error in a file of variables")


def test_other_unreadable_files_stay_gaps() -> None:
    Path("terraform/broken.tf").write_text("a = = 1\n")
    observation = read()
    assert [str(gap.origin) for gap in observation.gaps] == ["terraform/broken.tf:1"]
    assert len(observation.resources) == 2


def test_what_the_system_refuses_while_credentials_are_sought_is_wrong_input() -> None:
    refusal = mock.patch("audits.planes.live.observe", side_effect=PermissionError(13, "Permission denied"))
    with refusal, pytest.raises(InputError, match=r"the AWS credentials cannot be read: .*Permission denied"):
        sources.read("live", Sources(live=True), ())


def test_live_options_are_handed_on() -> None:
    seen = Observation("live", ())
    options = Sources(
        live=True,
        profile="p",
        regions=("r",),
        account_roles=("arn:aws:iam::1:role/x",),
        external_id="shared",
        expect_accounts=("1",),
    )
    assert "shared" not in repr(options)
    kind, extent = kinds.registry()["aws_vpc"], Extent(left_out={"aws_vpc": frozenset({"tags"})})
    with mock.patch("audits.planes.live.observe", return_value=seen) as observe:
        assert sources.read("live", options, [kind], extent=extent) == seen
    (needed, live, handed), _ = observe.call_args
    assert (list(needed), handed) == ([kind], extent)
    assert (live.profile, live.regions, live.account_roles, live.external_id, live.expect_accounts) == (
        "p",
        ("r",),
        ("arn:aws:iam::1:role/x",),
        "shared",
        ("1",),
    )
    assert "shared" not in repr(live)


def test_nothing_for_the_account_is_imported_to_audit_terraform(tmp_path: Path) -> None:
    code = (
        "import sys, pytest\n"
        "status = pytest.main(['-q', '-p', 'audits.plugin', 'specs', '--terraform', 'terraform'])\n"
        "print(int(status), [name for name in ('boto3', 'botocore') if name in sys.modules])\n"
    )
    ran = process(tmp_path, sys.executable, "-c", code)
    assert ran.out.splitlines()[-1] == "0 []"


def test_a_state_beside_source_pairs_the_planes_and_fills_in_nothing(tmp_path: Path) -> None:
    bucket = "arn:aws:s3:::other-name"
    one = {"mode": "managed", "module": "module.store", "type": "aws_s3_bucket", "name": "this", "provider": "p"}
    instance = {"attributes": {"id": "other-name", "arn": bucket, "bucket": "other-name"}}
    state = tmp_path / "terraform.tfstate"
    state.write_text(json.dumps({"version": 4, "serial": 1, "resources": [{**one, "instances": [instance]}]}))
    live = Observation(
        "live", (Resource("aws_s3_bucket", bucket, {"id": "other-name", "arn": bucket}, key="other-name"),)
    )
    wanted = Sources(terraform=Path("terraform"), state=state, live=True)
    source = sources.read("terraform", wanted, ())
    found = sources.paired({"terraform": source, "live": live}, wanted)
    keys = {resource.identity: resource.key for resource in found["terraform"].resources}
    assert keys["module.store.aws_s3_bucket.this"] == found["live"].resources[0].key == bucket
    assert [dict(resource.attributes) for resource in found["terraform"].resources] == [
        dict(resource.attributes) for resource in source.resources
    ]
    assert sources.paired({"terraform": source}, Sources(terraform=Path("terraform"))) == {"terraform": source}


def test_a_state_that_is_none_is_refused_also_where_it_only_pairs(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{}")
    wanted = Sources(terraform=Path("terraform"), state=tmp_path / "state.json")
    with pytest.raises(InputError, match="no state of Terraform's"):
        sources.paired({"terraform": sources.read("terraform", wanted, ())}, wanted)
