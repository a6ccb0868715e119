# Items: provider:: and core:: functions, objects with optional parts in parts, many idioms in one place.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region = "eu-west-1"
}
variable "enabled" { default = true }
variable "ports" { default = { 80 = "http", 443 = "https" } }
variable "legacy" {
  type    = list(map(string))
  default = [{ name = "a", port = 1 }, { name = "b" }]
}
variable "obj" {
  type = list(object({
    name = string
    opts = optional(object({
      a = optional(string, "da")
      b = optional(list(object({ x = optional(number, 9), y = string })), [{ y = "dy" }])
      c = optional(map(object({ z = optional(bool, true) })), {})
    }), { a = "whole" })
  }))
  default = [{ name = "n1" }, { name = "n2", opts = {} }, { name = "n3", opts = { b = [{ y = 1 }], c = { k = {} } } }, { name = "n4", opts = null }]
}
data "aws_iam_policy_document" "p" {
  statement {
    sid       = "A"
    actions   = ["s3:Get*", "s3:List*"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:x"
      values   = ["b", "a"]
    }
  }
}
resource "terraform_data" "t" {
  input = {
    arn      = provider::aws::arn_parse("arn:aws:iam::123456789012:role/x")
    arnb     = provider::aws::arn_build("aws", "s3", "", "", "bucket")
    trim     = provider::aws::trim_iam_role_path("arn:aws:iam::123456789012:role/a/b/x")
    core     = [core::upper("x"), "${core::length([1, 2])}"]
    round    = jsondecode(data.aws_iam_policy_document.p.json).Statement[0].Action
    cond     = jsondecode(data.aws_iam_policy_document.p.json).Statement[0].Condition
    repl     = replace(data.aws_iam_policy_document.p.minified_json, "s3:", "sqs:")
    ports    = [var.ports[80], var.ports["443"], lookup(var.ports, 80, "x")]
    keys     = keys(var.ports)
    legacy   = [for l in var.legacy : lookup(l, "port", "none")]
    obj      = var.obj
    set      = var.enabled ? toset(["b", "a"]) : []
    mapc     = var.enabled ? { a = 1 } : null
    tup      = var.enabled ? ["a", 1] : ["b", 2]
    nulls    = [null, "a", null]
    nest     = { a = null, b = { c = null } }
    tmpl     = <<-EOT
      %{for k, v in var.ports~}
      ${k}: ${v}
      %{endfor~}
      ${~"x"~}
      y
    EOT
    hd2      = <<EOT
a ${"b"~} 
  c
EOT
    idx      = { for i, v in ["x", "y"] : v => i }
    deep     = merge({ a = { b = 1 } }, { a = { c = 2 } })
    concat   = concat(tolist(["a"]), ["b", 3])
    tolist   = tolist(["a", true, 3])
    strnum   = "${1.10}-${1e3}-${0.1 + 0.2}"
    cmp      = 1 == 1.0 && "a" != "b"
    neg      = -1 * -1
    bools    = tobool("true") ? "y" : "n"
    splat0   = [][*]
    lenstr   = length("héé")
    distinct = distinct([[1], [1], [2]])
    index    = index(["a", "b"], "b")
    chunks   = chunklist(range(7), 3)
    time     = timeadd("2024-01-01T00:00:00Z", "-24h")
    regexall = length(regexall("a", "banana"))
    fmt      = format("%-10s|%5.1f|%03d|%t|%v", "ab", 2.25, 7, true, [1, "x"])
    set2     = setsubtract(toset(["a", "b"]), toset(["a"]))
    zip      = zipmap(["a", "b"], [[1], [2]])
    try1     = try(var.obj[9].name, var.obj[0].opts.b[0].x)
    can1     = can(var.obj[0].nope)
    one      = one([for o in var.obj : o if o.name == "n3"]).opts.c.k.z
    sorted   = sort([3, 1, 20])
    trp      = { for k, v in transpose({ a = ["x"], b = ["x", "y"] }) : k => sort(v) }
    alltrue  = alltrue([for o in var.obj : o.name != ""])
    substr   = substr("hello world", -5, -1)
    abs      = abs(-1.5)
    max      = max([for o in var.obj : length(o.name)]...)
    yaml     = yamldecode("a: [1, two, 3.0, true, null]\nb: 2020-01-01\nc: \"x\"")
    yenc     = yamlencode({ b = [1, "two"], a = { c = null } })
    b64      = base64encode("héllo")
    url      = urlencode("a/b c?&")
    md       = md5("x")
    uuid     = uuidv5("dns", "a.b")
    cidr     = cidrsubnets("fd00::/48", 16, 16)
    sum      = sum([1.5, "2"])
    rng      = range(5, 0, -2)
    parse    = parseint("0x1f" == "" ? "1" : "1f", 16)
    title    = title("foo-bar baz_qux")
    ind      = indent(2, "a\nb")
    mod      = module.a.out
    chain    = [for m in [module.a] : m.out][0]
  }
}
module "a" {
  source = "./modules/leaf"
  v      = [for o in var.obj : o.name]
  m      = { for o in var.obj : o.name => o.opts... }
  n      = null
}
locals {
  unused = upper("x")
}
resource "aws_s3_bucket" "b" {
  for_each = var.enabled ? { for k, v in var.ports : "p-${k}" => v } : {}
  bucket   = each.value
  tags     = { for k, v in { a = each.key, b = null, c = "" } : k => v if try(length(v), 0) > 0 }
}
resource "aws_sqs_queue" "q" {
  for_each      = aws_s3_bucket.b
  name          = "${each.key}-${each.value.bucket}"
  delay_seconds = var.enabled ? length(each.key) : null
  policy        = replace(data.aws_iam_policy_document.p.json, "*", each.value.bucket)
  tags          = length(each.value.tags) > 5 ? each.value.tags : { Only = "x" }
}
