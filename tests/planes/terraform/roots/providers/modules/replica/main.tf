terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.source, aws.target]
    }
  }
}

variable "name" {}

data "aws_region" "source" {
  provider = aws.source
}

data "aws_region" "target" {
  provider = aws.target
}

resource "aws_s3_bucket" "source" {
  provider = aws.source
  bucket   = "${var.name}-source"
}

resource "aws_s3_bucket" "target" {
  provider = aws.target
  bucket   = "${var.name}-target"
}

resource "aws_s3_bucket_versioning" "both" {
  for_each = {
    source = aws_s3_bucket.source.bucket
    target = aws_s3_bucket.target.bucket
  }
  provider = aws.source
  bucket   = each.value
  versioning_configuration {
    status = "Enabled"
  }
}

output "regions" {
  value = [data.aws_region.source.name, data.aws_region.target.name]
}
