# Items: modules that terraform init installed from a registry or git (.terraform/modules/modules.json), as public ones are.
provider "aws" {
  region = "eu-west-3"
}

locals {
  name  = "registry"
  azs   = formatlist("eu-west-3%s", ["a", "b", "c"])
  tags  = { Example = local.name }
  cidrs = cidrsubnets("10.30.0.0/16", 4, 4, 4, 8, 8, 8)
}

module "label" {
  source      = "git::https://example.com/label.git?ref=v1.2.0"
  namespace   = "acme"
  environment = "prod"
  name        = local.name
  attributes  = ["x", ""]
  label_order = ["namespace", "environment", "name", "attributes"]
}

module "vpc" {
  source  = "acme/vpc/aws"
  version = "~> 5.0"

  name                 = module.label.id
  cidr                 = "10.30.0.0/16"
  azs                  = local.azs
  private_subnets      = slice(local.cidrs, 0, 3)
  public_subnets       = slice(local.cidrs, 3, 6)
  enable_nat_gateway   = true
  single_nat_gateway   = false
  create_flow_log      = true
  default_network_acl  = { ingress = [{ rule_no = 100, action = "allow", cidr_block = "0.0.0.0/0" }] }
  endpoints            = { s3 = { type = "Gateway" }, ecr = { type = "Interface", private_dns = true } }
  public_subnet_suffix = null
  tags                 = merge(local.tags, module.label.tags)
}

module "acm" {
  source      = "acme/acm/aws//module/wrapper"
  version     = "1.0.0"
  domain_name = "example.org"
  names       = ["www", "api"]
}

resource "terraform_data" "vpc" {
  input = {
    name    = module.vpc.name
    azs     = module.vpc.azs
    private = module.vpc.private_subnets_cidr_blocks
    first   = try(module.vpc.nat_public_ips[3], "none")
    label   = module.label.id
    acm     = module.acm.names
  }
}
