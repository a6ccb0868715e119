# Items: full and legacy splats over lists, tuples, sets, single values and null; splats on resources; one(); grouping.
variable "subnets" {
  type = list(object({
    name  = string
    zone  = optional(string)
    rules = optional(list(object({ port = number, cidrs = optional(list(string), []) })), [])
  }))
  default = [
    { name = "a", zone = "1a", rules = [{ port = 80, cidrs = ["0.0.0.0/0"] }, { port = 443 }] },
    { name = "b", rules = [{ port = 22, cidrs = ["10.0.0.0/8", "172.16.0.0/12"] }] },
    { name = "c", zone = "1c" },
  ]
}

variable "maybe" {
  type    = object({ id = string, ports = list(number) })
  default = null
}

variable "given" {
  type    = object({ id = string, ports = list(number) })
  default = { id = "g", ports = [1, 2] }
}

resource "terraform_data" "many" {
  count = 3
  input = { index = count.index, name = "n${count.index}", list = range(count.index) }
}

resource "terraform_data" "none" {
  count = 0
  input = { index = 0 }
}

resource "terraform_data" "keyed" {
  for_each = toset(["x", "y"])
  input    = { key = each.key }
}

resource "terraform_data" "values" {
  input = {
    full          = var.subnets[*].name
    legacy        = var.subnets.*.name
    deep          = var.subnets[*].rules[*].port
    flat          = flatten(var.subnets[*].rules[*].cidrs)
    null_single   = var.maybe[*].id
    null_ports    = var.maybe[*].ports
    given         = var.given[*].id
    given_index   = var.given[*].ports[0]
    maybe_one     = one(var.maybe[*].id)
    given_one     = one(var.given[*].id)
    length        = [length(var.maybe[*]), length(var.given[*]), length(var.subnets[*])]
    null_zone     = var.subnets[*].zone
    compacted     = compact(var.subnets[*].zone)
    on_set        = toset(var.subnets[*].name)[*]
    on_tuple      = [{ a = 1 }, { a = "two" }][*].a
    on_string     = "text" [*]
    on_map        = [{ a = 1 }[*]]
    of_for        = [for s in var.subnets : s.name][*]
    parenthesised = (var.subnets[*].name)[1]
    legacy_index  = var.subnets.*.name[1]
    joined        = join(",", var.subnets[*].name)
    coalesced     = coalesce(one(var.maybe[*].id), one(var.given[*].id))
    concated      = concat(var.maybe[*].id, var.given[*].id, ["z"])
  }
}

resource "terraform_data" "resources" {
  input = {
    inputs    = terraform_data.many[*].input
    names     = terraform_data.many[*].input.name
    legacy    = terraform_data.many.*.input.name
    last      = terraform_data.many[length(terraform_data.many) - 1].input.name
    lists     = terraform_data.many[*].input.list[*]
    none      = terraform_data.none[*].input
    one_none  = one(terraform_data.none[*].input.index)
    try_none  = try(terraform_data.none[0].input.index, "absent")
    values    = values(terraform_data.keyed)[*].input.key
    for_keyed = { for k, r in terraform_data.keyed : upper(k) => r.input.key }
    keys      = keys(terraform_data.keyed)
    length    = length(terraform_data.keyed) + length(terraform_data.none)
    contains  = contains(keys(terraform_data.keyed), "x")
    element   = element(terraform_data.many[*].input.name, 4)
  }
}

resource "terraform_data" "groups" {
  input = {
    by_zone = { for s in var.subnets : coalesce(s.zone, "none") => s.name... }
    by_size = { for s in var.subnets : length(s.rules) => { name = s.name, ports = s.rules[*].port }... if s.name != "z" }
    nested  = { for s in var.subnets : s.name => { for r in s.rules : tostring(r.port) => r.cidrs... } }
    cross   = { for pair in setproduct(var.subnets[*].name, ["tcp", "udp"]) : pair[1] => pair[0]... }
    rows    = flatten([for s in var.subnets : [for i, r in s.rules : [for c in r.cidrs : "${s.name}/${i}/${r.port}/${c}"]]])
    table   = merge([for s in var.subnets : { for r in s.rules : "${s.name}-${r.port}" => r }]...)
  }
}
