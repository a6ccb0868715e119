"""The commands that remake what the suite keeps of AWS and of the Terraform provider: prices, schema, shapes."""

from __future__ import annotations

import json
import sys
from typing import Any

from audits import kinds, sources


def prices(options: Any) -> int:
    """Fetch list prices anew, and say what is kept."""
    from audits.price_refresh import PriceError, refresh

    try:
        kept = refresh(options.region, options.names, options.profile)
    except PriceError as error:
        raise sources.InputError(str(error)) from error
    for name, said in kept.missing.items():
        print(f"{name}: {said}", file=sys.stderr)
    print(f"{kept.path}: {kept.count} prices of {options.region}", file=sys.stderr)
    return 0


def provider_schema(options: Any) -> int:
    """Print the provider's schema, reduced to the kinds."""
    from audits import provider_schema as schemas

    found = kinds.registry()
    types = {*found, *(part.type for kind in found.values() for part in kind.parts)}
    try:
        schema, planned = json.loads(options.file.read_text()), json.loads(options.plan.read_text())
        reduced = schemas.reduce(schema, planned, types, options.version)
    except (OSError, ValueError, KeyError) as error:
        raise sources.InputError(f"{options.file}: no provider schema ({error})") from error
    sys.stdout.write(schemas.text(reduced))
    return 0


def resource_shapes(options: Any) -> int:
    """Print the shapes of all resource types."""
    from audits import resource_shapes as shapes

    try:
        text = shapes.text_of(json.loads(options.file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError) as error:
        raise sources.InputError(f"{options.file}: no provider schema ({error})") from error
    sys.stdout.write(text)
    return 0
