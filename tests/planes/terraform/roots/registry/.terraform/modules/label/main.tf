variable "namespace" { default = null }
variable "environment" { default = null }
variable "stage" { default = null }
variable "name" { default = null }
variable "delimiter" { default = null }
variable "attributes" {
  type    = list(string)
  default = []
}
variable "label_order" {
  type    = list(string)
  default = null
}
variable "regex_replace_chars" {
  type    = string
  default = null
}
variable "id_length_limit" {
  type    = number
  default = 24
}

locals {
  defaults = {
    label_order         = ["namespace", "environment", "stage", "name", "attributes"]
    regex_replace_chars = "/[^-a-zA-Z0-9]/"
    delimiter           = "-"
    replacement         = ""
  }
  replacement_regex = coalesce(var.regex_replace_chars, local.defaults.regex_replace_chars)
  delimiter         = var.delimiter == null ? local.defaults.delimiter : var.delimiter
  string_label_names = ["name", "namespace", "environment", "stage"]
  normalized = { for k in local.string_label_names : k =>
    replace(coalesce(lookup({ name = var.name, namespace = var.namespace, environment = var.environment, stage = var.stage }, k, null), "/"), local.replacement_regex, local.defaults.replacement)
  }
  attributes    = compact(distinct([for v in var.attributes : lower(v)]))
  formatted     = { for k, v in merge(local.normalized, { attributes = join(local.delimiter, local.attributes) }) : k => lower(v) }
  label_order   = var.label_order == null ? local.defaults.label_order : coalescelist(var.label_order, local.defaults.label_order)
  labels        = [for l in local.label_order : local.formatted[l] if length(local.formatted[l]) > 0]
  id_full       = join(local.delimiter, local.labels)
  id_hash       = format("%s", substr(md5(local.id_full), 0, 5))
  id_truncated  = var.id_length_limit <= 0 ? "" : substr("${trimsuffix(substr(local.id_full, 0, var.id_length_limit - 6), local.delimiter)}${local.delimiter}${local.id_hash}", 0, var.id_length_limit)
  id            = var.id_length_limit != 0 && length(local.id_full) > var.id_length_limit ? local.id_truncated : local.id_full
  tags_context  = { name = local.id, namespace = local.formatted["namespace"], environment = local.formatted.environment, stage = local.formatted.stage }
  generated     = { for l in keys(local.tags_context) : title(l) => local.tags_context[l] if length(try(local.tags_context[l], "")) > 0 }
}

output "id" { value = local.id }
output "tags" { value = local.generated }
