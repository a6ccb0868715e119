# Expressions of every kind, each in a resource whose input a plan shows as it is.
terraform {
  required_version = ">= 1.11"
}

variable "n" {
  type    = number
  default = 20
}

variable "names" {
  type    = list(string)
  default = ["b", "a", "c"]
}

variable "things" {
  type = map(object({
    size    = number
    label   = optional(string, "none")
    enabled = optional(bool)
    tags    = optional(map(string), {})
    inner = optional(object({
      a = optional(number, 1)
      b = optional(string)
    }), {})
  }))
  default = {
    one = { size = 1 }
    two = { size = "2", label = null, enabled = "true", tags = { x = 1 }, inner = { b = "set" } }
  }
}

locals {
  empty  = []
  object = { a = 1, "b" = "two", (var.names[0]) = true, c = { d = [1, 2, { e = null }] } }
  matrix = [[1, 2], [3], []]
  people = [
    { name = "ann", tags = ["x", "y"], home = { city = "A" } },
    { name = "bob", tags = [], home = { city = "B" } },
  ]
}

resource "terraform_data" "arithmetic" {
  input = {
    sum        = 1 + 2 * 3 - 4 / 2
    division   = 7 / 2
    third      = 1 / 3
    modulo     = [7 % 3, -7 % 3, 7 % -3, 7.5 % 2, -7.5 % 2]
    minus      = var.n - 10
    negative   = -var.n + -5
    tight      = local.n-10
    text       = "5" + "6"
    comparison = [1 < 2, 2 <= 2, 3 > 4, "3" >= 3]
    big        = 12345678901234567890 * 98765432109876543210
    float      = [1.5, 0.1 + 0.2, 1e3, 1.0, 100 / 10, 2.50]
    paren      = (1 + 2) * 3
    notnot     = [!!true, !(!false), !true]
    negate     = --3
  }
}

locals {
  n-10 = 3
}

resource "terraform_data" "logic" {
  input = {
    and       = true && false
    or        = false || true
    converted = "true" && true
    mixed     = 1 == 1 && 2 != 3 || false
    equal     = [1 == 1.0, "1" == 1, null == null, [] == [], {} == {}, [1] == [1], tolist([1]) == [1], true == "true"]
    objects   = [{ a = 1 } == { a = 1 }, { a = 1 } == { a = "1" }, toset(["a"]) == toset(["a"]), null == ""]
    ternary   = [true ? 1 : "a", false ? 1 : "a", var.n > 5 ? "big" : "small", true ? null : "x"]
    arms      = true ? { a = 1, b = "x" } : {}
    lists     = true ? [1, 2] : []
    tuples    = true ? [1, "2"] : ["a", "b"]
    skipped   = true ? "fine" : local.object.nothing
    maps      = true ? tomap({ a = 1 }) : { b = "c" }
    nested    = var.n > 100 ? "huge" : var.n > 10 ? "big" : "small"
    sizes     = true ? [1] : ["a", "b"]
    sets      = true ? toset(["b", "a"]) : []
  }
}

resource "terraform_data" "access" {
  input = {
    attribute = local.object.c.d[2].e
    index     = local.object["c"]["d"][0]
    legacy    = local.people.0.name
    full      = local.people[*].name
    attr      = local.people.*.home.city
    attr_at   = local.people.*.name[1]
    nested    = local.people[*].tags[*]
    index_in  = slice(local.people, 0, 1)[*].tags[0]
    single    = local.object[*]
    none      = null[*]
    scalar    = "x" [*]
    wrapped   = (local.people[*].home)[1].city
    variable  = var.things["two"].tags["x"]
    converted = local.matrix["0"]["1"]
  }
}

resource "terraform_data" "for" {
  input = {
    tuple   = [for x in var.names : upper(x)]
    index   = [for i, x in var.names : "${i}=${x}"]
    filter  = [for x in var.names : x if x != "a"]
    map     = { for i, x in var.names : x => i }
    group   = { for p in local.people : length(p.tags) > 0 ? "some" : "none" => p.name... }
    object  = { for k, v in var.things : k => v.label }
    set     = [for x in toset(var.names) : x]
    setkey  = { for k, v in toset(var.names) : k => v }
    nested  = flatten([for p in local.people : [for t in p.tags : { name = p.name, tag = t }]])
    shadow  = [for var in var.names : var]
    keyconv = { for i in [1, 2] : i => i * i }
    order   = [for k, v in { z = 1, a = 2, M = 3 } : k]
    multi = [
      for k, v in var.things :
      {
        key  = k
        size = v.size
      }
      if v.size > 1
    ]
  }
}

resource "terraform_data" "variables" {
  input = {
    things  = var.things
    names   = var.names
    sorted  = sort(var.names)
    expand  = max([1, 5, 3]...)
    merged  = merge({ a = 1 }, [{ b = 2 }, { a = 3 }]...)
    default = lookup(var.things, "three", null)
    look    = lookup({ a = "x" }, "b", "fallback")
    tried   = try(var.things["three"].size, var.things["two"].size, 0)
    cans    = [can(var.things["three"]), can(var.things["one"]), can(tonumber("x"))]
    one     = one([for x in var.names : x if x == "b"])
    none    = one([])
    coal    = coalesce(null, "", "x")
    coalist = coalescelist([], ["a"])
    flat    = flatten([[1, [2, [3]]], [], "x"])
    keys    = keys({ b = 1, a = 2 })
    zip     = zipmap(["a", "b"], [1, 2])
    conv    = [tostring(1.5), tonumber("10"), tobool("true"), tolist(["a", 1]), toset(["b", "a", "b"]), tomap({ a = 1, b = "2" })]
  }
}

resource "terraform_data" "expansion" {
  for_each = { for k, v in var.things : k => v if v.size > 0 }
  input    = { key = each.key, size = each.value.size, a = each.value.inner.a }
}

resource "terraform_data" "counted" {
  count = length(var.names)
  input = "${count.index}-${var.names[count.index]}"
}

resource "terraform_data" "set" {
  for_each = toset(var.names)
  input    = "${each.key}${each.value}"
}

resource "terraform_data" "none" {
  count = var.n > 100 ? 1 : 0
}

resource "terraform_data" "meta" {
  input = {
    workspace = terraform.workspace
    module    = path.module
    root      = path.root
  }
}
