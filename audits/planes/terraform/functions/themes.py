"""All modules with functions in them, imported for what they register."""

from __future__ import annotations

import audits.planes.terraform.functions.collections as collections
import audits.planes.terraform.functions.conversion as conversion
import audits.planes.terraform.functions.csv_text as csv_text
import audits.planes.terraform.functions.dates as dates
import audits.planes.terraform.functions.encoding as encoding
import audits.planes.terraform.functions.files as files
import audits.planes.terraform.functions.formatting as formatting
import audits.planes.terraform.functions.hashing as hashing
import audits.planes.terraform.functions.json_text as json_text
import audits.planes.terraform.functions.lists as lists
import audits.planes.terraform.functions.mappings as mappings
import audits.planes.terraform.functions.network as network
import audits.planes.terraform.functions.numeric as numeric
import audits.planes.terraform.functions.regexes as regexes
import audits.planes.terraform.functions.sets as sets
import audits.planes.terraform.functions.strings as strings
import audits.planes.terraform.functions.yaml_text as yaml_text

__all__ = [
    "collections",
    "conversion",
    "csv_text",
    "dates",
    "encoding",
    "files",
    "formatting",
    "hashing",
    "json_text",
    "lists",
    "mappings",
    "network",
    "numeric",
    "regexes",
    "sets",
    "strings",
    "yaml_text",
]
