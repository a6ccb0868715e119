locals {
  name    = "${var.project}-${var.environment}"
  is_prod = var.environment == "prod"

  common_tags = merge(
    {
      Project     = var.project
      Environment = var.environment
      ManagedBy   = "Terraform"
    },
    coalesce(var.extra_tags, {}),
  )

  # /20 for each tier and zone
  subnet_bits = 4
  tiers       = ["public", "app", "data"]
  subnets = {
    for pair in setproduct(range(length(local.tiers)), range(length(var.availability_zones))) :
    "${local.tiers[pair[0]]}-${substr(var.availability_zones[pair[1]], -1, 1)}" => {
      tier = local.tiers[pair[0]]
      zone = var.availability_zones[pair[1]]
      cidr = cidrsubnet(var.vpc_cidr, local.subnet_bits, pair[0] * length(var.availability_zones) + pair[1])
    }
  }

  routed = {
    for name, service in var.services : name => service
    if service.port != null && length(service.path) > 0
  }

  # the most specific first: longest pattern wins
  priorities = {
    for index, name in reverse(sort([for n, s in local.routed : format("%03d|%s", max([for p in s.path : length(p)]...), n)])) :
    split("|", name)[1] => (index + 1) * 10
  }

  domain = {
    prod    = "shop.example.com"
    staging = "staging.shop.example.com"
  }
}
