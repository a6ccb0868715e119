# Items: operators and their precedence, conversions, number semantics, equality across types, conditionals, expansion.
variable "mode" {
  type    = string
  default = "production"
}

variable "replicas" {
  type    = map(number)
  default = { web = 3, worker = 0, "batch.nightly" = 1 }
}

variable "limits" {
  type    = any
  default = { cpu = "256", memory = 512, ratio = 0.75, burst = null, on = "false" }
}

locals {
  is_prod    = var.mode == "production" || startswith(var.mode, "prod")
  not_prod   = !local.is_prod
  null_text  = null
  zero       = 0
  list_one   = ["x"]
  big        = 9007199254740993
  precise    = 0.1 + 0.2
  third      = 10 / 3
  empty_map  = {}
  empty_list = []
}

resource "terraform_data" "numbers" {
  input = {
    precedence  = 2 + 3 * 4 - 10 / 5 % 3
    grouped     = (2 + 3) * (4 - 10) / 5
    text_math   = "3" * "4" + var.limits.cpu
    ratio       = var.limits.memory * var.limits.ratio
    negative    = -(var.limits.memory) + 1
    modulo      = [10 % 3, -10 % 3, 10 % -3, 5.5 % 2, 0 % 7]
    division    = [1 / 4, 22 / 7, 1 / 3 * 3, local.third]
    large       = [local.big, local.big + 1, local.big * 2, 1e21, 123456789012345678901234567890]
    small       = [1e-7, 0.000001, 1.5e-10]
    as_text     = ["${local.big}", "${local.precise}", "${local.third}", "${1e21}", "${1e-7}", "${100.0}", "${- 0}"]
    floats      = [1.10, 3.0, 2.5000, 1e3, 0.5e1]
    comparisons = [1 < 2, "10" > "9", 2.0 >= 2, -1 <= -1, 1e3 == 1000]
    rounding    = [ceil(local.third), floor(-local.third), abs(-0.5), signum(-3), pow(2, 0.5), pow(2, -1), log(100, 10)]
    parse       = [parseint("ff", 16), parseint("-0777", 8), parseint("zz", 36)]
    extremes    = [min(3, 1, 2), max(3, 11, 2), min([5, 4]...), max(values(var.replicas)...)]
    total       = sum(values(var.replicas))
    mean        = sum(values(var.replicas)) / length(var.replicas)
  }
}

resource "terraform_data" "logic" {
  input = {
    prod       = [local.is_prod, local.not_prod, !local.not_prod && local.is_prod]
    mixed      = local.is_prod && var.replicas.web > 2 || var.replicas["worker"] > 0
    text_bool  = "true" && !("false" || var.limits.on)
    chain      = local.zero > 0 ? "positive" : local.zero < 0 ? "negative" : "zero"
    null_cond  = local.null_text == null ? "none" : local.null_text
    short      = local.list_one == [] ? local.list_one[3] : local.list_one[0]
    equal      = ["a" == "a", "a" != "A", 1 == "1", true == "true", null != null, {} == null, [] == {}]
    structures = [{ a = [1] } == { a = [1] }, [1, "2"] == [1, 2], ["a"] == tolist(["a"]), toset([1, 2]) == toset([2, 1])]
    converted  = [tostring(1) == "1", tonumber("1") == 1, tobool("true") == true, tolist([1]) == tolist(["1"])]
    maps       = [tomap({ a = 1 }) == tomap({ a = "1" }), tomap({ a = "1" }) == tomap({ "a" = "1" })]
    arm_unify  = [true ? 1 : "x", false ? true : "no", true ? [1, 2] : ["a"], false ? {} : { b = 2 }]
    arm_null   = [true ? null : "x", false ? null : 7, true ? null : ["a"]]
    arm_object = local.is_prod ? { size = 3, zone = "a" } : { size = "1", zone = null }
    arm_mixed  = local.is_prod ? { a = 1 } : { b = 2 }
    arm_tuple  = local.is_prod ? ["a", 1] : []
    arm_map    = local.is_prod ? tomap({ x = "1" }) : {}
    nested     = [for n, c in var.replicas : c > 1 ? "many" : c == 1 ? "one" : "none"]
  }
}

resource "terraform_data" "expansion" {
  input = {
    merged   = merge([for k, v in var.replicas : { "${k}" = v + 1 }]...)
    concated = concat([for v in [["a"], [], ["b", "c"]] : v]...)
    formats  = format(join("", ["%s", "-%03d"]), ["x", 7]...)
    product  = setproduct([["a", "b"], [1, 2]]...)
    subnets  = cidrsubnets("10.0.0.0/16", [for n in range(3) : n + 4]...)
    coalesce = coalesce([null, "", "third"]...)
    keyed    = { for i, n in sort(keys(var.replicas)) : n => i... }
    from_set = max(toset([3, 9, 4])...)
  }
}

resource "terraform_data" "keys" {
  input = {
    (var.mode)           = "parenthesised"
    "${var.mode}-quoted" = "template"
    "with space"         = 1
    bare                 = 2
    123                  = "number"
    null                 = "word"
    (1 + 1)              = "computed"
    for_key              = { for k in ["a", 2, true] : k => k }
    "dots.in.key"        = var.replicas["batch.nightly"]
    (local.list_one[0])  = { nested = { deeper = [{ a = { b = "c" } }] } }
  }
}
