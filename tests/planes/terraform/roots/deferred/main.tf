# Items: data sources that wait for resources (named, by depends_on, by a module's depends_on), and those that do not.
provider "aws" {
  region = "eu-west-1"
}

variable "create" {
  type    = bool
  default = false
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}

resource "aws_sns_topic" "off" {
  count = var.create ? 1 : 0
  name  = "off"
}

locals {
  queue_name = aws_sqs_queue.jobs.name
}

data "aws_partition" "now" {}

data "aws_region" "later" {
  depends_on = [aws_sqs_queue.jobs]
}

data "aws_iam_policy_document" "named" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["arn:${data.aws_partition.now.partition}:sqs:eu-west-1:111122223333:${aws_sqs_queue.jobs.name}"]
  }
}

data "aws_iam_policy_document" "by_local" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:eu-west-1:111122223333:${local.queue_name}"]
  }
}

data "aws_iam_policy_document" "after_nothing" {
  depends_on = [aws_sns_topic.off]
  statement {
    actions   = ["sns:Publish"]
    resources = ["arn:aws:sns:*:*:${try(aws_sns_topic.off[0].name, "none")}"]
  }
}

data "aws_iam_policy_document" "after_data" {
  depends_on = [data.aws_iam_policy_document.named]
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents   = [data.aws_iam_policy_document.by_local.json, data.aws_iam_policy_document.named.json]
  override_policy_documents = [data.aws_iam_policy_document.after_data.json]
}

data "aws_iam_policy_document" "whole_module" {
  depends_on = [module.unused]
  statement {
    actions   = ["ec2:Describe*"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "this" {
  for_each = {
    named         = data.aws_iam_policy_document.named.json
    local         = data.aws_iam_policy_document.by_local.json
    after_nothing = data.aws_iam_policy_document.after_nothing.json
    after_data    = data.aws_iam_policy_document.after_data.json
    merged        = data.aws_iam_policy_document.merged.json
    whole_module  = data.aws_iam_policy_document.whole_module.json
  }
  name   = "p-${each.key}"
  policy = each.value
}

resource "aws_ssm_parameter" "region" {
  name  = "/region"
  type  = "String"
  value = "in ${data.aws_region.later.name}"
}

module "waits" {
  source     = "./modules/policy"
  depends_on = [aws_sqs_queue.jobs]
  name       = "waits"
}

module "ready" {
  source = "./modules/policy"
  name   = "ready"
  queue  = aws_sqs_queue.jobs.name
}

module "unused" {
  source = "./modules/empty"
  text   = "x"
}

module "behind" {
  source     = "./modules/policy"
  depends_on = [module.unused]
  name       = "behind"
}

resource "terraform_data" "out" {
  input = {
    waits  = module.waits.statement_count
    ready  = module.ready.json
    behind = module.behind.json
  }
}
