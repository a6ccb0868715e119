locals {
  # tier → offset of its third octet and whether its addresses are public
  tiers = {
    public  = { offset = 0, public = true }
    private = { offset = 10, public = false }
    data    = { offset = 20, public = false }
  }

  # "public-2a" → everything one subnet needs
  subnets = merge([
    for tier, settings in local.tiers : {
      for index, zone in var.availability_zones :
      "${tier}-${replace(zone, "/^.*-/", "")}" => {
        tier   = tier
        zone   = zone
        public = settings.public
        cidr   = cidrsubnet(var.vpc_cidr, 8, settings.offset + index)
      }
    }
  ]...)

  nat_zones = toset(var.single_nat_gateway ? [var.availability_zones[0]] : var.availability_zones)

  # the zone whose NAT serves a zone
  nat_of_zone = {
    for zone in var.availability_zones :
    zone => var.single_nat_gateway ? var.availability_zones[0] : zone
  }

  nat_name = "${var.name_prefix}-nat"
}
