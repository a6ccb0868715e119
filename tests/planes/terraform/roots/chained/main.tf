# Items: modules in modules, for_each and count on modules, outputs chained and whole, conditional modules, depends_on.
provider "aws" {
  region = "sa-east-1"
}

variable "environments" {
  type = map(object({
    cidr    = string
    zones   = optional(list(string), ["a", "b"])
    enabled = optional(bool, true)
    apps    = optional(map(object({ port = number, public = optional(bool, false) })), {})
  }))
  default = {
    dev  = { cidr = "10.1.0.0/16", zones = ["a"] }
    live = { cidr = "10.2.0.0/16", apps = { web = { port = 443, public = true }, api = { port = 8443 } } }
    old  = { cidr = "10.9.0.0/16", enabled = false }
  }
}

module "network" {
  source   = "./modules/network"
  for_each = { for name, env in var.environments : name => env if env.enabled }
  name     = each.key
  cidr     = each.value.cidr
  zones    = [for z in each.value.zones : "sa-east-1${z}"]
}

locals {
  apps = merge([
    for name, env in var.environments : {
      for app, settings in env.apps : "${name}/${app}" => merge(settings, { environment = name, name = app })
    } if env.enabled
  ]...)
}

module "app" {
  source     = "./modules/app"
  for_each   = local.apps
  depends_on = [module.network]
  name       = replace(each.key, "/", "-")
  port       = each.value.port
  network    = module.network[each.value.environment]
  subnets    = module.network[each.value.environment].subnet_names
}

module "optional" {
  source = "./modules/naming"
  count  = length(local.apps) > 1 ? 1 : 0
  parts  = ["many", "apps"]
}

module "absent" {
  source = "./modules/naming"
  count  = length(local.apps) > 10 ? 1 : 0
  parts  = ["never"]
}

resource "aws_ssm_parameter" "networks" {
  for_each = module.network
  name     = "/network/${each.key}"
  type     = "StringList"
  value    = join(",", each.value.subnet_names)
}

resource "aws_route53_zone" "this" {
  name    = "${one(module.optional[*].name)}.example.com"
  comment = try(module.absent[0].name, "none")
  dynamic "vpc" {
    for_each = { for k, m in module.network : k => m.vpc_id if k != "dev" }
    content {
      vpc_id = vpc.value
    }
  }
}

resource "terraform_data" "summary" {
  input = {
    networks = { for k, m in module.network : k => m.cidrs }
    keys     = keys(module.network)
    apps     = { for k, m in module.app : k => m.summary }
    urls     = values(module.app)[*].summary.url
    optional = module.optional[*].name
    absent   = module.absent
    first    = coalesce(one(module.absent[*].name), module.optional[0].name)
    whole    = module.optional[0]
    lookup   = lookup(module.network, "dev").name
    ports    = sum([for m in module.app : m.summary.port])
  }
}
