# Items: every function on collections: merging, looking up, flattening, products, ranges, slices, types of results.
variable "teams" {
  type = map(object({
    members = list(string)
    budget  = optional(number)
    tags    = optional(map(string), {})
  }))
  default = {
    core = { members = ["ann", "bob"], budget = 10, tags = { tier = "1" } }
    data = { members = ["bob", "cy"], tags = { tier = "2", pii = "yes" } }
    ops  = { members = [] }
  }
}

locals {
  numbers = [3, 1, 2, 3]
  words   = ["delta", "alpha", "charlie", "alpha"]
  nested  = [["a", ["b"]], [], [[["c"]]], "d"]
}

resource "terraform_data" "lists" {
  input = {
    distinct   = [distinct(local.words), distinct(local.numbers)]
    reverse    = [reverse(local.words), reverse(toset(["a", "c", "b"]))]
    sort       = sort(local.words)
    slice      = [slice(local.words, 1, 3), slice(local.words, 0, 0)]
    chunk      = [chunklist(local.words, 3), chunklist([], 2), chunklist(["a"], 0)]
    concat     = [concat(local.words, ["z"]), concat([], [1], ["a", null])]
    flatten    = [flatten(local.nested), flatten([[], [[]]]), flatten([toset(["b", "a"]), ["c"]])]
    compact    = compact(["a", "", null, "b"])
    contains   = [contains(local.words, "alpha"), contains(local.numbers, 4), contains(toset(["1"]), 1)]
    index      = [index(local.words, "charlie"), index(local.numbers, 3)]
    element    = [element(local.words, 5), element(["x"], 3), element(local.words, 0)]
    length     = [length(local.words), length({}), length(toset(local.words)), length([])]
    range      = [range(3), range(1, 4), range(10, 0, -3), range(0.5, 2.5), range(0), range(-2)]
    coalesce   = [coalesce("", "b"), coalesce(null, 5), coalescelist([], [], ["c"]), coalesce(null, "", "last")]
    matchkeys  = matchkeys(["i-1", "i-2", "i-3"], ["a", "b", "a"], ["a"])
    one        = [one([]), one(["x"]), one(toset([7]))]
    all        = [alltrue([]), alltrue(["true", true]), anytrue([]), anytrue([false, "true"]), alltrue([true, false])]
    sum        = [sum([1, 2.5]), sum(["1", "2"]), sum(toset([4, 4, 5]))]
    transposed = transpose({ a = ["1", "2"], b = ["2", "3"] })
    zip        = zipmap(["b", "a"], [true, 1])
    typed      = [tolist(["a", 1, true]), toset([3, "1", 2]), tomap({ a = 1, b = "x" }), tolist(toset(["z", "a"]))]
  }
}

resource "terraform_data" "maps" {
  input = {
    keys      = keys(var.teams)
    values    = values(var.teams)
    merge     = merge({ a = 1, b = 2 }, { b = "two" }, null, { c = null })
    merged    = merge(var.teams.core.tags, var.teams["data"].tags, { extra = "x" })
    lookup    = [lookup(var.teams, "core", null), lookup({ a = 1 }, "b", 2), lookup(var.teams.ops.tags, "tier", "none")]
    try       = [try(var.teams.missing.budget, "no such"), try(var.teams.ops.budget, "null is fine"), try(var.teams["data"].tags["pii"], "no")]
    inverted  = { for k, v in transpose({ for t, team in var.teams : t => team.members }) : k => sort(v) }
    sorted    = [for k, v in var.teams : k]
    filtered  = { for k, v in var.teams : k => v if length(v.members) > 0 }
    renamed   = { for k, v in var.teams : "team/${k}" => merge(v.tags, { size = length(v.members) }) }
    budget    = { for k, v in var.teams : k => coalesce(v.budget, 5) }
    total     = sum([for v in values(var.teams) : v.budget if v.budget != null])
    flat      = { for row in flatten([for t, v in var.teams : [for i, m in v.members : { key = "${t}.${i}", name = m }]]) : row.key => row.name }
    pairs     = [for pair in setproduct(keys(var.teams), ["r", "w"]) : join(":", pair)]
    defaults  = { for k, v in { a = {}, b = { x = 1 } } : k => merge({ x = 0, y = "d" }, v) }
    members   = distinct(flatten(values(var.teams)[*].members))
    nested    = { for k, v in var.teams : k => { for m in v.members : m => { upper = upper(m), n = length(m) } } }
    typed_map = tomap({ for k, v in var.teams : k => length(v.members) })
    keys_of   = [keys({}), keys({ b = 1, A = 2, "1" = 3, a = 4 })]
  }
}

resource "terraform_data" "sets" {
  input = {
    union        = setunion(["a", "b"], ["b", "c"], [])
    intersection = setintersection(["a", "b"], ["b", "c"], ["b"])
    subtract     = setsubtract(["a", "b", "c"], ["b"])
    product      = setproduct(["x", "y"], [1, 2], [true])
    product_set  = setproduct(toset(["b", "a"]), toset([2, 1]))
    empty        = setproduct(["a"], [])
    numbers      = toset([10, 9, 1, 9])
    strings      = toset(["10", "9", "1"])
    bools        = toset([true, false, true])
    objects      = toset([{ a = 2 }, { a = 1 }, { a = 2 }])
    lists        = toset([["b"], ["a"], ["b"]])
    for          = [for s in setunion(["q"], ["p"]) : s]
    joined       = join("", setunion(["z", "y"], ["x"]))
    contains     = contains(setunion(["z"], ["x"]), "x")
    conversions  = [tolist(toset(["c", "a"])), sort(toset(["c", "a"])), [for i, v in tolist(toset(["c", "a"])) : "${i}${v}"]]
    as_keys      = { for k in toset(local.words) : k => length(k) }
  }
}
