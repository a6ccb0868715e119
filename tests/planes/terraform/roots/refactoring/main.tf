# Items: moved, removed, import, check, ephemeral, preconditions and postconditions, provisioners, lifecycle, write-only.
terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "ca-central-1"
}

variable "adopted" {
  type    = map(string)
  default = {}
}

variable "token" {
  type      = string
  default   = "t0k3n"
  ephemeral = true
}

moved {
  from = aws_s3_bucket.old
  to   = aws_s3_bucket.assets
}

moved {
  from = module.legacy.aws_sns_topic.this
  to   = aws_sns_topic.alerts["ops"]
}

removed {
  from = aws_instance.bastion
  lifecycle {
    destroy = false
  }
}

removed {
  from = module.gone
}

import {
  for_each = var.adopted
  to       = aws_s3_bucket.adopted[each.key]
  id       = each.value
}

ephemeral "aws_secretsmanager_random_password" "this" {
  count           = length(var.adopted)
  password_length = 20
}

check "names" {
  assert {
    condition     = length(aws_s3_bucket.assets.bucket) < 64
    error_message = "The name ${aws_s3_bucket.assets.bucket} is too long."
  }
}

resource "aws_s3_bucket" "adopted" {
  for_each = var.adopted
  bucket   = each.value
}

resource "aws_s3_bucket" "assets" {
  bucket        = "company-assets"
  force_destroy = false
  lifecycle {
    prevent_destroy       = true
    create_before_destroy = false
    ignore_changes        = [tags["Owner"], tags_all]
    precondition {
      condition     = length(var.adopted) == 0
      error_message = "no"
    }
  }
  tags = {
    Owner = "someone"
  }
}

resource "aws_sns_topic" "alerts" {
  for_each     = toset(["ops", "dev"])
  name         = "alerts-${each.key}"
  display_name = title("${each.value} alerts")
  lifecycle {
    ignore_changes = all
  }
}

resource "aws_db_instance" "this" {
  identifier                  = "main"
  engine                      = "postgres"
  engine_version              = "16.3"
  instance_class              = "db.t4g.small"
  allocated_storage           = "50"
  username                    = "app"
  manage_master_user_password = true
  backup_retention_period     = 7
  skip_final_snapshot         = false
  final_snapshot_identifier   = "main-final"
  timeouts {
    create = "60m"
    delete = "2h"
  }
  lifecycle {
    ignore_changes       = [engine_version, allocated_storage]
    replace_triggered_by = [terraform_data.version.output]
  }
}

resource "terraform_data" "version" {
  input            = "v1"
  triggers_replace = [aws_s3_bucket.assets.bucket, { n = 1 }]

  provisioner "local-exec" {
    command     = "echo ${self.output} ${var.token}"
    interpreter = ["/bin/sh", "-c"]
    environment = {
      A = "b"
    }
    on_failure = continue
  }

  provisioner "local-exec" {
    when    = destroy
    command = "echo bye"
  }

  connection {
    type = "ssh"
    host = "example.com"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name       = "app"
  depends_on = [aws_s3_bucket.assets, terraform_data.version]
}

output "bucket" {
  value       = aws_s3_bucket.assets.bucket
  description = "The name"
  precondition {
    condition     = aws_s3_bucket.assets.bucket != ""
    error_message = "empty"
  }
}

output "secret" {
  value     = aws_db_instance.this.password
  sensitive = true
}
