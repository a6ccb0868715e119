# Items: terraform.workspace in names, counts, look-ups and keys; another workspace than the default one.
locals {
  sizes = {
    default    = { count = 1, class = "db.t4g.micro" }
    staging    = { count = 2, class = "db.t4g.small", extras = ["debug"] }
    production = { count = 4, class = "db.r7g.large", extras = [] }
  }
  here   = lookup(local.sizes, terraform.workspace, local.sizes["default"])
  prefix = terraform.workspace == "default" ? "app" : "app-${terraform.workspace}"
  flags  = { for name, size in local.sizes : name => name == terraform.workspace }
}

provider "aws" {
  region = { default = "eu-west-1", staging = "eu-central-1", production = "eu-north-1" }[terraform.workspace]
  default_tags {
    tags = {
      Workspace = terraform.workspace
      Stage     = title(terraform.workspace)
    }
  }
}

data "aws_region" "current" {}

resource "aws_db_parameter_group" "this" {
  name   = "${local.prefix}-pg16"
  family = "postgres16"
  dynamic "parameter" {
    for_each = contains(try(local.here.extras, []), "debug") ? { log_statement = "all", log_min_duration_statement = 0 } : {}
    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "immediate"
    }
  }
}

resource "aws_db_subnet_group" "this" {
  name       = local.prefix
  subnet_ids = formatlist("subnet-%08d", range(local.here.count))
  tags       = { Name = local.prefix, Stage = "override" }
}

resource "aws_cloudwatch_log_group" "this" {
  count             = local.here.count
  name              = "/${terraform.workspace}/${local.prefix}/${count.index}"
  retention_in_days = terraform.workspace == "production" ? 365 : 14
}

resource "aws_rds_cluster_instance" "this" {
  count              = terraform.workspace == "production" ? 2 : 0
  identifier         = "${local.prefix}-${count.index}"
  cluster_identifier = "main"
  instance_class     = local.here.class
  engine             = "aurora-postgresql"
}

resource "terraform_data" "where" {
  input = {
    workspace = terraform.workspace
    region    = data.aws_region.current.name
    flags     = local.flags
    paths     = [path.module, path.root, basename(path.module)]
    class     = local.here.class
  }
}
