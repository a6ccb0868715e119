# Items: a computed value through every kind of expression and function; what stays known around it.
resource "terraform_data" "u" {
  input = { zone = "a", size = 3 }
}

resource "terraform_data" "many" {
  count = 2
  input = "in-${count.index}"
}

resource "terraform_data" "keyed" {
  for_each = { a = 1, b = 2 }
  input    = each.value
}

locals {
  id     = terraform_data.u.id
  object = { id = local.id, name = "n", nested = { id = local.id, list = [local.id, "x"] } }
  rows   = [{ k = "one", v = local.id }, { k = "two", v = "known" }]
  inline = "<$${x}>"
  by_key = { for r in local.rows : r.k => r.v }
}

resource "terraform_data" "texts" {
  input = {
    prefix    = "arn:aws:x/${local.id}"
    middle    = "a-${local.id}-b-${terraform_data.many[0].id}-c"
    only      = "${local.id}"
    upper     = upper(local.id)
    format    = format("id=%s n=%d", local.id, 3)
    formats   = formatlist("%s/x", [local.id, "k"])
    join      = join(",", [local.id, "b"])
    split     = split("-", local.id)
    replace   = replace(local.id, "-", "")
    substr    = substr(local.id, 0, 8)
    trim      = trimprefix("known", local.id)
    sha       = sha256(local.id)
    b64       = base64encode(local.id)
    title     = title("x ${local.id}")
    heredoc   = <<-EOT
      first ${local.id}
      %{for r in local.rows~}
      ${r.k}=${r.v}
      %{endfor~}
    EOT
    directive = "%{if local.id == ""}none%{else}some%{endif}"
    starts    = startswith("pre-${local.id}", "pre-")
    starts_no = startswith("pre-${local.id}", "xyz")
    regex     = can(regex("^[a-f0-9-]+$", local.id))
    length    = length(local.id)
    template  = templatestring(local.inline, { x = local.id })
    yaml      = yamlencode({ a = local.id, b = 1 })
  }
}

resource "terraform_data" "collections" {
  input = {
    merged     = merge({ a = 1 }, local.object, { name = "over" })
    keys       = keys(local.object)
    values     = values(local.by_key)
    lookups    = [lookup(local.by_key, "one", "d"), lookup(local.by_key, "two", "d"), lookup(local.by_key, "no", "d")]
    concat     = concat(["a"], [local.id], terraform_data.many[*].id)
    flatten    = flatten([["a"], [[local.object.name]], terraform_data.many[*].input])
    distinct   = distinct(["a", local.id, "a"])
    compact    = compact(["a", local.id, ""])
    sort       = sort(["b", local.id])
    reverse    = reverse(["b", local.id])
    element    = [element(["a", local.id], 2), element(["a", local.id], 1)]
    index      = [["a", local.id][0], ["a", local.id][1]]
    slice      = slice(["a", local.id, "c"], 1, 3)
    contains   = [contains(["a", local.id], "a"), contains(["a", local.id], "z")]
    coalesce   = [coalesce("a", local.id), coalesce(null, local.id, "z")]
    coalist    = coalescelist([], [local.id])
    one        = [one([local.id]), one(terraform_data.many[*].id == [] ? [] : ["x"])]
    zipmap     = zipmap(["a", "b"], [local.id, "k"])
    toset      = length(toset([local.id, "a"]))
    tomap      = tomap({ a = local.id, b = "k" })
    setproduct = setproduct(["a"], [local.id, "b"])
    chunk      = chunklist(["a", local.id, "c"], 2)
    transpose  = transpose({ a = ["x"], b = [local.id] })
    range      = range(length(terraform_data.many))
    lengths    = [length(terraform_data.many), length(terraform_data.keyed), length(local.rows), length([local.id])]
    matchkeys  = matchkeys(["v1", "v2"], ["a", local.id], ["a"])
    alltrue    = [alltrue([false, local.id == "x"]), anytrue([true, local.id == "x"]), alltrue([true, local.id == "x"])]
    sum        = sum([1, length(local.id)])
    max        = max(1, length(local.id))
    for_list   = [for r in local.rows : "${r.k}:${r.v}"]
    for_map    = { for k, v in local.by_key : upper(k) => v }
    for_keyed  = { for k, r in terraform_data.keyed : k => r.id }
    for_filter = [for r in local.rows : r.k if r.v != "known"]
    for_sure   = [for r in local.rows : r.v if r.k != "two"]
    group      = { for r in local.rows : r.k => r.v... }
    splat      = terraform_data.many[*].input
    outputs    = terraform_data.u.output
  }
}

resource "terraform_data" "choices" {
  input = {
    condition = local.id == "x" ? 1 : 2
    same_arms = local.id == "x" ? "same" : "same"
    same_size = local.id == "x" ? 1 : 1
    lists     = local.id == "x" ? ["a", "b"] : ["c", "d"]
    arm       = true ? local.id : "x"
    other     = false ? local.id : "x"
    null_arm  = local.id == "x" ? null : "v"
    equal     = [local.object == null, { a = local.id } == { a = "x", b = 1 }]
    logic     = [true || local.id == "x", false && local.id == "x", local.id == "x" || true, !(local.id == "x")]
    math      = [1 + length(local.id), -length(local.id), length(local.id) > 0]
    tried     = [try(local.id, "x"), try(local.object.missing, "fallback"), try(local.object.name, "x"), try(local.object.nested.list[5], local.id)]
    can       = [can(local.id), can(local.object.missing), can(tonumber(local.id))]
    types     = [tostring(local.id), can(tobool(local.id)), tolist([local.id])]
    json      = jsonencode({ id = local.id, list = [1, local.id], name = "n" })
    decoded   = jsondecode(jsonencode({ id = local.id, name = "n" }))
    object    = local.object
    known     = [local.object.name, local.object.nested.list[1], local.by_key["two"]]
    nested    = local.object.nested
    zone      = [terraform_data.u.input.zone, terraform_data.u.input["size"] * 2]
    sensitive = issensitive(local.id)
  }
}

resource "terraform_data" "later" {
  input = {
    now     = timestamp()
    plan    = plantimestamp() == timestamp()
    uuid    = uuid()
    bcrypt  = bcrypt("x")
    stamped = "at ${timestamp()}"
  }
}
