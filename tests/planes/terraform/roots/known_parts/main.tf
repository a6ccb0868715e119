# Items: resources by count and for_each as maps, lists and keys: what stays known while their identifiers are unknown.
provider "aws" {
  region = "eu-west-1"
}
variable "zones" { default = ["a", "b", "a"] }
variable "map" {
  type    = map(string)
  default = { x = "1", y = "2" }
}
resource "aws_subnet" "s" {
  count             = 3
  vpc_id            = "vpc-1"
  availability_zone = "eu-west-1${var.zones[count.index]}"
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, count.index)
}
resource "aws_route_table" "r" {
  for_each = toset(["x", "y"])
  vpc_id   = "vpc-1"
  tags     = { N = each.key }
}
resource "aws_route" "r" {
  for_each               = { for pair in setproduct(keys(aws_route_table.r), ["10.1.0.0/16", "10.2.0.0/16"]) : "${pair[0]}-${pair[1]}" => { table = aws_route_table.r[pair[0]].id, cidr = pair[1] } }
  route_table_id         = each.value.table
  destination_cidr_block = each.value.cidr
  gateway_id             = "igw-1"
}
resource "aws_route_table_association" "a" {
  count          = length(aws_subnet.s)
  subnet_id      = element(aws_subnet.s.*.id, count.index)
  route_table_id = element([for r in aws_route_table.r : r.id], count.index)
}
locals {
  by_zone = { for s in aws_subnet.s : s.availability_zone => s.id... }
  cidrs   = zipmap(aws_subnet.s[*].cidr_block, aws_subnet.s[*].id)
  first   = { for i, s in aws_subnet.s : "s${i}" => { id = s.id, zone = s.availability_zone } }
}
resource "aws_ssm_parameter" "p" {
  for_each = local.first
  name     = "/${each.key}/${each.value.zone}"
  type     = "String"
  value    = each.value.id
}
resource "aws_nat_gateway" "n" {
  for_each  = { for z, ids in local.by_zone : z => ids[0] }
  subnet_id = each.value
}
module "m" {
  source   = "./modules/zone"
  for_each = local.first
  subnet   = each.value
  all      = aws_subnet.s
  tables   = { for k, r in aws_route_table.r : k => r.id }
}
resource "terraform_data" "t" {
  input = {
    zone   = { for k, v in local.by_zone : k => length(v) }
    keys   = keys(local.cidrs)
    vals   = length(values(local.cidrs))
    nat    = keys(aws_nat_gateway.n)
    route  = [for r in aws_route.r : r.destination_cidr_block]
    elem   = element(aws_subnet.s[*].cidr_block, 4)
    slice  = slice(aws_subnet.s[*].availability_zone, 1, 3)
    sorted = sort(distinct(aws_subnet.s[*].availability_zone))
    mods   = { for k, m in module.m : k => m.zone }
    modn   = { for k, m in module.m : k => m.count }
    modk   = module.m["s0"].keys
    look   = lookup({ for s in aws_subnet.s : s.cidr_block => s.availability_zone }, "10.0.1.0/24", "none")
    tern   = length(aws_subnet.s) > 2 ? aws_subnet.s[2].cidr_block : null
    idx    = index(aws_subnet.s[*].cidr_block, "10.0.2.0/24")
    cont   = contains(aws_subnet.s[*].availability_zone, "eu-west-1b")
    merged = merge([for s in aws_subnet.s : { (s.cidr_block) = s.availability_zone }]...)
    nested = { for k, r in aws_route_table.r : k => { for s in aws_subnet.s : s.cidr_block => r.tags.N if s.availability_zone == "eu-west-1a" } }
    flat   = flatten([for r in aws_route_table.r : [for s in aws_subnet.s : "${r.tags["N"]}${s.cidr_block}"]])
    count  = length([for s in aws_subnet.s : s if s.availability_zone == "eu-west-1a"])
    one    = one([for s in aws_subnet.s : s.cidr_block if s.availability_zone == "eu-west-1b"])
    json   = jsondecode(jsonencode({ a = aws_subnet.s[0].cidr_block, b = [1] })).a
    try    = try(aws_subnet.s[7].id, "none")
    cntr   = [for s in aws_subnet.s : s.cidr_block][1]
    grp    = { for s in aws_subnet.s : s.availability_zone => s.cidr_block... }
    trans  = transpose({ for s in aws_subnet.s : s.cidr_block => [s.availability_zone] })
    chunk  = chunklist(aws_subnet.s[*].cidr_block, 2)
    coal   = coalescelist(aws_subnet.s[*].cidr_block, ["x"])
    all    = alltrue([for s in aws_subnet.s : startswith(s.cidr_block, "10.")])
    rev    = reverse(aws_subnet.s[*].cidr_block)
    join   = join(",", [for k, r in aws_route_table.r : "${k}=${r.tags.N}"])
    fmtl   = formatlist("%s:%s", aws_subnet.s[*].cidr_block, aws_subnet.s[*].availability_zone)
    setp   = length(setproduct(aws_subnet.s[*].id, ["a", "b"]))
    sset   = length(toset(aws_subnet.s[*].availability_zone))
    mk     = matchkeys(aws_subnet.s[*].cidr_block, aws_subnet.s[*].availability_zone, ["eu-west-1a"])
    range  = [for i in range(length(aws_subnet.s)) : aws_subnet.s[i].cidr_block]
    mp     = { for k, v in var.map : k => aws_route_table.r[k].tags.N }
    str    = "${length(aws_subnet.s)} subnets in ${join(" and ", sort(keys(local.by_zone)))}"
    nn     = aws_route_table.r["x"].tags["N"] == "x" ? "yes" : aws_route_table.r["x"].id
    dflt   = try(aws_route_table.r["x"].tags["Nope"], "dflt")
    lk2    = lookup(aws_route_table.r["x"].tags, "Nope", "dflt")
    can    = can(aws_route_table.r["z"])
  }
}
