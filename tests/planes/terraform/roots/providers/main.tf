# Items: aliased providers, passed to modules by name, inherited; default_tags by provider to tags_all; regions.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

locals {
  common = { Team = "platform", Env = "test" }
  home   = "ap-southeast-2"
}

provider "aws" {
  region = local.home
  default_tags {
    tags = merge(local.common, { Region = local.home })
  }
}

provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
  default_tags {
    tags = {
      Region = "us-east-1"
      Empty  = "not empty"
    }
  }
}

provider "aws" {
  alias  = "plain"
  region = "eu-central-1"
}

data "aws_region" "home" {}

data "aws_region" "virginia" {
  provider = aws.virginia
}

data "aws_partition" "china_like" {
  provider = aws.plain
}

data "aws_default_tags" "home" {}

resource "aws_s3_bucket" "home" {
  bucket = "home-${data.aws_region.home.name}"
}

resource "aws_s3_bucket" "virginia" {
  provider = aws.virginia
  bucket   = "virginia"
  tags     = { Region = "override", Own = "yes" }
}

resource "aws_acm_certificate" "cdn" {
  provider          = aws.virginia
  domain_name       = "example.com"
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_sns_topic" "plain" {
  provider = aws.plain
  name     = "plain"
  tags     = { A = "b" }
}

resource "aws_cloudwatch_event_rule" "untagged" {
  provider            = aws.plain
  name                = "every-day"
  schedule_expression = "rate(1 day)"
}

module "inherited" {
  source = "./modules/bucket"
  name   = "inherited"
}

module "passed" {
  source    = "./modules/bucket"
  providers = { aws = aws.virginia }
  name      = "passed"
  tags      = { Module = "passed" }
}

module "replica" {
  source   = "./modules/replica"
  for_each = toset(["one", "two"])
  providers = {
    aws.source = aws
    aws.target = aws.virginia
  }
  name = each.key
}

resource "terraform_data" "regions" {
  input = {
    home      = data.aws_region.home.name
    virginia  = data.aws_region.virginia.name
    partition = data.aws_partition.china_like.partition
    tags      = data.aws_default_tags.home.tags
    modules   = [module.inherited.region, module.passed.region]
    replicas  = [for m in module.replica : m.regions]
  }
}
