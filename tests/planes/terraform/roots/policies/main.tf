# Policy documents as people write them: merged, overridden, with conditions, principals and unknown parts.
provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_s3_bucket" "logs" {
  bucket = "example-logs"
}

resource "aws_s3_bucket" "named" {
  bucket_prefix = "example-"
}

data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  buckets = ["alpha", "beta"]
}

data "aws_iam_policy_document" "simple" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::example/*"]
  }
}

data "aws_iam_policy_document" "full" {
  version   = "2012-10-17"
  policy_id = "example"

  statement {
    sid       = "Read"
    effect    = "Allow"
    actions   = ["s3:GetObject", "s3:ListBucket", "s3:GetObject", "a:B"]
    resources = [for b in local.buckets : "arn:${data.aws_partition.current.partition}:s3:::${b}/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = ["vpc-2", "vpc-1"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["&{aws:username}"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = [true]
    }
  }

  statement {
    sid         = "Trust"
    not_actions = ["iam:*"]
    resources   = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"]
    }
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["333333333333"]
    }
  }

  statement {
    effect        = "Deny"
    actions       = ["*"]
    not_resources = ["b", "a", "arn:aws:s3:::&{aws:username}/*"]
    not_principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "star" {
  statement {
    actions   = ["sts:AssumeRole"]
    resources = []
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringLike"
      variable = "x"
      values   = ["one"]
    }
    condition {
      test     = "StringLike"
      variable = "x"
      values   = ["two", "three"]
    }
  }
  statement {
    actions = ["sts:TagSession"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "ForAllValues:StringLike"
      variable = "<tag>&"
      values   = []
    }
  }
}

data "aws_iam_policy_document" "merged" {
  source_policy_documents = [
    data.aws_iam_policy_document.full.json,
    jsonencode({
      Version = "2012-10-17"
      Statement = [
        { Sid = "Extra", Effect = "Allow", Action = ["b:C", "a:D"], Resource = "*", Principal = "*" },
        { Sid = "Lone", Effect = "Deny", Action = "x:Y", Resource = ["r"], Principal = { AWS = ["2", "1"] },
        Condition = { StringEquals = { k = ["v"], j = "w" } } },
      ]
    }),
  ]
  override_policy_documents = [
    jsonencode({ Statement = [{ Sid = "Read", Effect = "Deny", Action = ["s3:*"], Resource = ["*"] }] }),
  ]
  statement {
    sid       = "Extra"
    actions   = ["own:Action"]
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = toset(local.buckets)
    content {
      sid       = "Bucket${title(statement.value)}"
      actions   = ["s3:PutObject"]
      resources = ["arn:aws:s3:::${statement.key}"]
    }
  }
}

data "aws_iam_policy_document" "unknown" {
  source_policy_documents = [data.aws_iam_policy_document.simple.json]
  statement {
    sid       = "Objects"
    actions   = ["s3:PutObject", "s3:GetObject"]
    resources = ["${aws_s3_bucket.named.arn}/*", "arn:aws:s3:::${aws_s3_bucket.logs.bucket}/*"]
  }
}

data "aws_iam_policy_document" "empty" {}

resource "terraform_data" "json" {
  input = {
    simple   = data.aws_iam_policy_document.simple.json
    full     = data.aws_iam_policy_document.full.json
    minified = data.aws_iam_policy_document.full.minified_json
    star     = data.aws_iam_policy_document.star.json
    merged   = data.aws_iam_policy_document.merged.json
    unknown  = data.aws_iam_policy_document.unknown.json
    empty    = data.aws_iam_policy_document.empty.json
    region   = data.aws_region.current.name
    suffix   = data.aws_partition.current.dns_suffix
    reverse  = data.aws_partition.current.reverse_dns_prefix
    size     = length(data.aws_iam_policy_document.full.json)
  }
}

resource "aws_iam_policy" "full" {
  name   = "full"
  policy = data.aws_iam_policy_document.full.json
}

resource "aws_iam_role" "this" {
  name = "role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "inline" {
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.unknown.json
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.id
  policy = data.aws_iam_policy_document.merged.json
}
