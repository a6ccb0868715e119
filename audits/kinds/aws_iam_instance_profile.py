"""Instance profiles: what hands a role to an EC2 instance.

Sources: provider documentation of ``aws_iam_instance_profile``; IAM API Reference, ListInstanceProfiles, which says
that it does not return tags: these are therefore not known, rather than none.
"""

from __future__ import annotations

from collections.abc import Iterator

from audits.kind import Default, Kind, Read, Reader
from audits.kinds.aws_iam_role import timestamp
from audits.model import Cause, Resource, Unknown

_PLAN = "provider 5.100 schema default (the planned value of an aws_iam_instance_profile that leaves it out)"
_NOT_READ = Unknown(Cause.UNSUPPORTED, detail="this suite does not read it: iam:ListInstanceProfiles gives no tags")


def _from_live(reader: Reader) -> Iterator[Resource]:
    for profile in reader.pages("iam", "list_instance_profiles", "InstanceProfiles", MaxItems=1000):
        # "An instance profile can contain only one role, and this quota cannot be increased" (IAM User Guide)
        role = next((role["RoleName"] for role in profile.get("Roles", ())), None)
        attributes = {
            "id": profile["InstanceProfileName"],
            "name": profile["InstanceProfileName"],
            "arn": profile["Arn"],
            "path": profile.get("Path"),
            "role": role,
            "unique_id": profile.get("InstanceProfileId"),
            "create_date": timestamp(profile.get("CreateDate")),
            "tags": _NOT_READ,
            "tags_all": _NOT_READ,
        }
        yield reader.resource("aws_iam_instance_profile", profile["Arn"], attributes)


KIND = Kind(
    type="aws_iam_instance_profile",
    identity=("name",),
    names=("id", "arn", "name"),
    scope="global",
    reads=(Read("iam", "list_instance_profiles"),),
    defaults={"path": Default("/", _PLAN)},
    from_live=_from_live,
)
