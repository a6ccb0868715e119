# count and for_each of every kind, references by index, key and splat, null arguments.
provider "aws" {
  region = "us-east-1"
}

variable "enabled" { default = true }
variable "zones" { default = ["a", "b", "c"] }
variable "kms_key" {
  type    = string
  default = null
}

resource "aws_s3_bucket" "single" {
  count         = var.enabled ? 1 : 0
  bucket        = "single-${count.index}"
  force_destroy = var.kms_key != null ? true : null
}

resource "aws_s3_bucket" "none" {
  count  = var.enabled ? 0 : 1
  bucket = "none"
}

resource "aws_s3_bucket" "keyed" {
  for_each = { logs = "LOG", "with space" = "SPACE", "dot.key" = "DOT" }
  bucket   = lower("${each.value}-bucket")
  tags = {
    Key   = each.key
    Empty = ""
  }
}

resource "aws_s3_bucket_versioning" "keyed" {
  for_each = aws_s3_bucket.keyed
  bucket   = each.value.bucket
  versioning_configuration {
    status = each.key == "logs" ? "Enabled" : "Suspended"
  }
}

resource "aws_sns_topic" "zone" {
  count             = length(var.zones)
  name              = "zone-${element(var.zones, count.index + 1)}"
  kms_master_key_id = var.kms_key
}

resource "aws_sqs_queue" "zone" {
  count = length(aws_sns_topic.zone)
  name  = aws_sns_topic.zone[count.index].name
  redrive_policy = count.index == 0 ? null : jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:us-east-1:111111111111:dead"
    maxReceiveCount     = 3 + count.index
  })
}

resource "terraform_data" "references" {
  input = {
    bucket   = one(aws_s3_bucket.single[*].bucket)
    absent   = one(aws_s3_bucket.none[*].bucket)
    joined   = join(",", aws_s3_bucket.none[*].bucket)
    tried    = try(aws_s3_bucket.none[0].bucket, "no bucket")
    ternary  = length(aws_s3_bucket.none) > 0 ? aws_s3_bucket.none[0].bucket : "none"
    keyed    = aws_s3_bucket.keyed["with space"].tags.Key
    names    = aws_sns_topic.zone[*].name
    legacy   = aws_sns_topic.zone.*.name[2]
    last     = aws_sns_topic.zone[length(aws_sns_topic.zone) - 1].name
    statuses = { for k, v in aws_s3_bucket_versioning.keyed : k => v.versioning_configuration[0].status }
    all      = concat(aws_sns_topic.zone[*].name, values(aws_s3_bucket.keyed)[*].bucket)
  }
}
