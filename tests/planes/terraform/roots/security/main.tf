# Items: group rules by setproduct and flatten, keys with policies in heredocs, parameters, config rules, trails, secrets.
provider "aws" {
  region = "ap-south-1"
}

variable "tiers" {
  type = map(object({
    ports  = list(number)
    from   = list(string)
    egress = optional(map(object({ port = number, cidrs = list(string) })), {})
  }))
  default = {
    edge = { ports = [80, 443], from = ["0.0.0.0/0", "::/0"] }
    app  = { ports = [8080], from = ["edge"], egress = { db = { port = 5432, cidrs = ["10.0.8.0/22"] }, https = { port = 443, cidrs = ["0.0.0.0/0"] } } }
    db   = { ports = [5432], from = ["app", "10.99.0.0/16"] }
  }
}

variable "parameters" {
  type    = any
  default = { app = { url = "https://x", retries = 3, debug = false, hosts = ["a", "b"] }, db = { name = "main" } }
}

locals {
  rules = {
    for rule in flatten([
      for tier, settings in var.tiers : [
        for pair in setproduct(settings.ports, settings.from) : {
          tier   = tier
          port   = pair[0]
          source = pair[1]
          kind   = can(cidrnetmask(pair[1])) ? "v4" : strcontains(pair[1], ":") ? "v6" : "group"
        }
      ]
    ]) : "${rule.tier}/${rule.port}/${rule.source}" => rule
  }
  parameters = merge([
    for section, values in var.parameters : {
      for name, value in values : "/${section}/${name}" => try(tostring(value), join(",", value))
    }
  ]...)
}

resource "aws_security_group" "tier" {
  for_each    = var.tiers
  name        = "tier-${each.key}"
  description = "Tier ${index(sort(keys(var.tiers)), each.key) + 1} of ${length(var.tiers)}"
  vpc_id      = "vpc-1"
  dynamic "egress" {
    for_each = each.value.egress
    content {
      description      = egress.key
      from_port        = egress.value.port
      to_port          = egress.value.port
      protocol         = "tcp"
      cidr_blocks      = egress.value.cidrs
      ipv6_cidr_blocks = []
    }
  }
}

resource "aws_security_group_rule" "tier" {
  for_each                 = local.rules
  security_group_id        = aws_security_group.tier[each.value.tier].id
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = each.value.port
  to_port                  = each.value.port
  cidr_blocks              = each.value.kind == "v4" ? [each.value.source] : null
  ipv6_cidr_blocks         = each.value.kind == "v6" ? [each.value.source] : null
  source_security_group_id = each.value.kind == "group" ? aws_security_group.tier[each.value.source].id : null
  description              = "from ${each.value.source}"
}

resource "aws_kms_key" "this" {
  for_each                = { data = 30, logs = 7 }
  description             = "for ${each.key}"
  deletion_window_in_days = each.value
  enable_key_rotation     = true
  policy                  = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "Admin",
          "Effect": "Allow",
          "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
          "Action": "kms:*",
          "Resource": "*"
        }%{if each.key == "logs"},
        {
          "Effect": "Allow",
          "Principal": {"Service": "logs.ap-south-1.amazonaws.com"},
          "Action": ["kms:Encrypt*", "kms:Decrypt*"],
          "Resource": "*"
        }%{endif}
      ]
    }
  JSON
}

resource "aws_kms_alias" "this" {
  for_each      = aws_kms_key.this
  name          = "alias/acme/${each.key}"
  target_key_id = each.value.key_id
}

resource "aws_ssm_parameter" "this" {
  for_each = local.parameters
  name     = each.key
  type     = can(regex(",", each.value)) ? "StringList" : "String"
  value    = each.value
  tier     = length(each.value) > 4096 ? "Advanced" : "Standard"
}

resource "aws_secretsmanager_secret" "this" {
  for_each                = toset(["db", "api"])
  name                    = "prod/${each.value}"
  recovery_window_in_days = 7
  kms_key_id              = "alias/acme/data"
  dynamic "replica" {
    for_each = each.key == "db" ? ["us-east-1", "eu-west-1"] : []
    content {
      region = replica.value
    }
  }
}

resource "aws_secretsmanager_secret_rotation" "db" {
  secret_id           = aws_secretsmanager_secret.this["db"].id
  rotation_lambda_arn = "arn:aws:lambda:ap-south-1:111122223333:function:rotate"
  rotation_rules {
    automatically_after_days = 30
  }
}

resource "aws_cloudtrail" "this" {
  name                          = "org"
  s3_bucket_name                = "trail-bucket"
  include_global_service_events = true
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  event_selector {
    read_write_type           = "WriteOnly"
    include_management_events = true
    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3"]
    }
  }
  dynamic "insight_selector" {
    for_each = ["ApiCallRateInsight", "ApiErrorRateInsight"]
    content {
      insight_type = insight_selector.value
    }
  }
}

resource "aws_config_config_rule" "this" {
  for_each = {
    encrypted-volumes = { source = "ENCRYPTED_VOLUMES" }
    required-tags     = { source = "REQUIRED_TAGS", input = { tag1Key = "Owner", tag2Key = "Env" }, types = ["AWS::EC2::Instance", "AWS::S3::Bucket"] }
  }
  name             = each.key
  input_parameters = try(jsonencode(each.value.input), null)
  source {
    owner             = "AWS"
    source_identifier = each.value.source
  }
  dynamic "scope" {
    for_each = try([each.value.types], [])
    content {
      compliance_resource_types = scope.value
    }
  }
}

resource "aws_guardduty_detector" "this" {
  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}

resource "aws_wafv2_ip_set" "office" {
  name               = "office"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = formatlist("%s/32", ["203.0.113.9", "203.0.113.10", "198.51.100.7"])
}

resource "aws_accessanalyzer_analyzer" "this" {
  analyzer_name = "account"
  type          = "ACCOUNT"
}

resource "aws_securityhub_standards_subscription" "this" {
  for_each      = toset(["cis-aws-foundations-benchmark/v/1.4.0", "aws-foundational-security-best-practices/v/1.0.0"])
  standards_arn = "arn:aws:securityhub:ap-south-1::standards/${each.value}"
}

resource "aws_network_acl_rule" "deny" {
  for_each       = { for i, cidr in ["192.0.2.0/24", "198.51.100.0/24"] : cidr => i }
  network_acl_id = "acl-1"
  rule_number    = 10 + each.value
  egress         = false
  protocol       = "-1"
  rule_action    = "deny"
  cidr_block     = each.key
}
