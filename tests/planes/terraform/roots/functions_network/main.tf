# Items: cidr functions for IPv4 and IPv6, dates and durations, numbers and conversions.
variable "cidr" {
  type    = string
  default = "10.20.0.0/16"
}

locals {
  tiers   = { public = 4, private = 4, data = 6 }
  names   = keys(local.tiers)
  blocks  = cidrsubnets(var.cidr, [for t in local.names : local.tiers[t]]...)
  by_tier = zipmap(local.names, local.blocks)
  zones   = ["a", "b", "c"]
  matrix = {
    for pair in setproduct(local.names, range(length(local.zones))) :
    "${pair[0]}-${local.zones[pair[1]]}" => cidrsubnet(local.by_tier[pair[0]], 2, pair[1])
  }
}

resource "terraform_data" "cidr" {
  input = {
    tiers     = local.by_tier
    matrix    = local.matrix
    subnet    = [cidrsubnet("10.0.0.0/8", 8, 2), cidrsubnet("172.16.5.9/12", 4, 2), cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162), cidrsubnet("0.0.0.0/0", 1, 1)]
    subnets   = [cidrsubnets("10.1.0.0/16", 4, 4, 8, 4), cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 32)]
    host      = [cidrhost("10.12.112.0/20", 16), cidrhost("10.12.112.0/20", -1), cidrhost("fd00:fd12:3456:7890:00a2::/72", 34), cidrhost("10.0.0.0/8", 268)]
    netmask   = [cidrnetmask("172.16.0.0/12"), cidrnetmask("10.0.0.0/32"), cidrnetmask("0.0.0.0/0")]
    allow     = sort(distinct([for c in values(local.matrix) : split("/", c)[0]]))
    nested    = [for c in cidrsubnets("10.0.0.0/8", 8, 8) : cidrsubnets(c, 4, 4)]
    contained = [for c in ["10.20.1.0/24", "10.30.0.0/16"] : cidrhost(cidrsubnet(c, 0, 0), 0)]
    prefixes  = { for k, c in local.matrix : k => tonumber(split("/", c)[1]) }
  }
}

resource "terraform_data" "dates" {
  input = {
    format   = [for f in ["DD MMM YYYY hh:mm ZZZ", "EEEE, DD-MMM-YY hh:mm:ss ZZZ", "YYYY-MM-DD'T'hh:mm:ssZ", "h 'o''clock' AA", "M/D/YY HH:m:s aa", "EEE MMMM ZZZZ ZZZZZ"] : formatdate(f, "2018-01-02T23:12:01+09:00")]
    zulu     = formatdate("YYYYMMDDhhmmss Z", "2024-02-29T00:00:00Z")
    add      = [timeadd("2017-11-22T00:00:00Z", "10m"), timeadd("2017-11-22T00:00:00Z", "-1h30m"), timeadd("2024-02-28T23:00:00+01:00", "2h"), timeadd("2020-12-31T23:59:59Z", "1s")]
    fraction = timeadd("2017-11-22T00:00:00Z", "1.5h")
    compare  = [timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z"), timecmp("2017-11-22T01:00:00+01:00", "2017-11-22T00:00:01Z"), timecmp("2018-01-01T00:00:00Z", "2017-01-01T00:00:00Z")]
    year     = tonumber(formatdate("YYYY", "2031-07-04T10:00:00Z")) + 1
  }
}

resource "terraform_data" "conversions" {
  input = {
    numbers = [tonumber("1e3"), tonumber("-0.50"), tonumber(null)]
    strings = [tostring(1.0), tostring(true), tostring(null), tostring(1e15), tostring(0.1)]
    bools   = [tobool("false"), tobool(null), tobool("true")]
    parse   = [parseint("100", 2), parseint("-7f", 16), parseint("9007199254740993", 10)]
    math    = [abs(-12.4), ceil(5.1), floor(-5.1), log(50, 10), log(16, 2), pow(3, 2), pow(4, 0), signum(0), signum(-2)]
    sizes   = [for n in [1, 10, 100] : ceil(log(n, 2))]
  }
}
