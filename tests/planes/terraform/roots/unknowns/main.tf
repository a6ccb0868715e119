# What a plan calls unknown, and what it still knows around it.
resource "terraform_data" "u" {
  input = "known"
}

variable "secret" {
  type      = string
  default   = "hush"
  sensitive = true
}

locals {
  u     = terraform_data.u.id
  mixed = { known = 1, unknown = terraform_data.u.id, list = ["a", terraform_data.u.id] }
}

resource "terraform_data" "operators" {
  input = {
    sum       = terraform_data.u.id == "x"
    and_false = false && local.u == "x"
    false_and = local.u == "x" && false
    or_true   = true || local.u == "x"
    true_or   = local.u == "x" || true
    and_true  = true && local.u == "x"
    not       = !(local.u == "x")
    text      = "prefix-${local.u}-suffix"
    prefixed  = "prefix-${local.u}" == null
    other     = "prefix-${local.u}" == "other"
    ternary   = local.u == "x" ? "a" : "b"
    same      = local.u == "x" ? "a" : "a"
    known     = true ? "a" : local.u
    unknown   = false ? "a" : local.u
    lengths   = length(local.u == "x" ? ["a"] : ["b"])
    compare   = length(local.u) > 5
    index     = ["a", "b"][local.u == "x" ? 0 : 1]
    mixed     = [local.mixed == { known = 2, unknown = "x", list = [] }, local.mixed == local.mixed]
    eqlist    = [local.u, "b"] == [local.u, "c"]
  }
}

resource "terraform_data" "structures" {
  input = {
    mixed   = local.mixed
    json    = jsonencode(local.mixed)
    for     = [for x in local.mixed.list : upper(x)]
    forkey  = { for x in local.mixed.list : x => 1 }
    filter  = [for x in local.mixed.list : x if x != "a"]
    keys    = keys(local.mixed)
    length  = length(local.mixed.list)
    try     = try(local.mixed.unknown, "x")
    trydeep = try(local.mixed, "x")
    trymiss = try(local.mixed.nothing, "x")
    can     = can(local.mixed.unknown)
    set     = toset(local.mixed.list)
    setlen  = length(toset(local.mixed.list))
    merged  = merge(local.mixed, { unknown = "now known" })
    concat  = concat(local.mixed.list, ["z"])
    object  = { (local.u) = 1, b = 2 }
    splat   = [{ a = local.u }, { a = "k" }][*].a
    coal    = coalesce(local.u, "x")
    coal2   = coalesce("x", local.u)
    lookup  = lookup(local.mixed, "known", 0)
    contain = contains(["a", local.u], "a")
    nocont  = contains(["a", local.u], "q")
    join    = join("-", ["a", local.u])
    format  = format("%s-x", local.u)
    element = element(local.mixed.list, 0)
    flatten = flatten([["a"], [local.u]])
    input   = terraform_data.u.input
    output  = terraform_data.u.output
    whole   = terraform_data.u
    tmpl    = "%{for x in local.mixed.list}${x}%{endfor}"
    if      = "%{if local.u == "x"}a%{endif}"
  }
}

resource "terraform_data" "sensitive" {
  input = {
    secret = var.secret
    open   = nonsensitive(var.secret)
    text   = "x-${var.secret}"
    length = length(var.secret)
    sub    = { a = var.secret, b = 1 }
  }
}
