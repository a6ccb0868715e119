# Items: modules written the way the popular public ones are: any-typed inputs, lookups with defaults, rule tables, counts.
provider "aws" {
  region = "us-east-1"
}

locals {
  name = "public-style"
  tags = { Name = "public-style", Repository = "example" }
}

module "sg" {
  source              = "./modules/security_group"
  name                = local.name
  description         = "Example"
  vpc_id              = "vpc-12345678"
  ingress_cidr_blocks = ["10.10.0.0/16", "10.11.0.0/16"]
  ingress_rules       = ["https-443-tcp", "postgresql-tcp"]
  ingress_with_cidr_blocks = [
    { from_port = 8080, to_port = 8090, protocol = "tcp", description = "User-service", cidr_blocks = "10.10.0.0/16" },
    { rule = "http-80-tcp", cidr_blocks = "0.0.0.0/0,10.0.0.0/8" },
    { rule = "all-icmp" },
  ]
  ingress_with_self = [{ rule = "all-all" }, { from_port = 53, to_port = 53, protocol = 17, self = false, description = "dns" }]
  computed_ingress_with_source_security_group_id = [
    { rule = "http-80-tcp", source_security_group_id = aws_security_group.other.id },
  ]
  number_of_computed_ingress_with_source_security_group_id = 1
  egress_rules                                             = ["all-all"]
  tags                                                     = local.tags
}

resource "aws_security_group" "other" {
  name_prefix = "other-"
}

module "off" {
  source = "./modules/security_group"
  create = false
  name   = "off"
  vpc_id = "vpc-12345678"
}

module "bucket" {
  source     = "./modules/bucket"
  for_each   = { logs = false, data = true }
  bucket     = "${local.name}-${each.key}"
  versioning = each.value ? { status = true, mfa_delete = false } : {}
  lifecycle_rule = [
    {
      id      = "log"
      enabled = true
      filter  = { tags = { some = "value", another = "value2" } }
      transition = [
        { days = 30, storage_class = "ONEZONE_IA" },
        { days = 60, storage_class = "GLACIER" },
      ]
    },
    {
      id                                     = "log1"
      enabled                                = true
      abort_incomplete_multipart_upload_days = 7
      noncurrent_version_transition          = [{ days = 30, storage_class = "STANDARD_IA" }]
      noncurrent_version_expiration          = { days = 300 }
    },
    { id = "log2", status = "ENABLED", filter = { prefix = "log1/", object_size_greater_than = 200000, tags = { some = "value" } }, expiration = { days = 90 } },
    { id = "single", enabled = "false", filter = { prefix = "p/" }, expiration = { days = "10", expired_object_delete_marker = null } },
  ]
  cors_rule                            = jsonencode([{ allowed_methods = ["PUT", "POST"], allowed_origins = ["https://a.example"], max_age_seconds = 3000 }])
  server_side_encryption_configuration = { for k, v in { rule = { bucket_key_enabled = true, apply_server_side_encryption_by_default = { sse_algorithm = "aws:kms", kms_master_key_id = aws_kms_key.this.arn } } } : k => v if each.value }
  intelligent_tiering                  = { for k, v in { general = { status = "Enabled", filter = { prefix = "/", tags = { Env = "dev" } }, tiering = { ARCHIVE_ACCESS = { days = 180 } } }, documents = { status = false, tiering = { ARCHIVE_ACCESS = { days = 125 }, DEEP_ARCHIVE_ACCESS = { days = 200 } } } } : k => v if each.value }
  tags                                 = local.tags
}

resource "aws_kms_key" "this" {
  description = "objects"
}

module "alb" {
  source          = "./modules/alb"
  name            = local.name
  vpc_id          = "vpc-12345678"
  subnets         = ["subnet-1", "subnet-2"]
  security_groups = [module.sg.security_group_id]
  listeners = {
    http-redirect = { port = 80, protocol = "HTTP", redirect = { port = "443", protocol = "HTTPS", status_code = "HTTP_301" } }
    https = {
      port            = 443
      certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/a"
      forward         = { target_group_key = "blue" }
      rules = {
        weighted = {
          priority   = 3
          actions    = [{ type = "weighted-forward", target_groups = [{ target_group_key = "blue", weight = 2 }, { target_group_key = "green", weight = 1 }], stickiness = { enabled = true, duration = 3600 } }]
          conditions = [{ query_string = { key = "weighted", value = "true" } }, { path_pattern = { values = ["/some/auth/required/route"] } }]
        }
        fixed = {
          actions    = [{ type = "fixed-response", content_type = "text/plain", status_code = 200, message_body = "This is a fixed response" }]
          conditions = [{ http_header = { http_header_name = "x-Gimme-Fixed-Response", values = ["yes", "please", "right now"] } }]
        }
      }
    }
  }
  target_groups = {
    blue  = { name_prefix = "b1", protocol = "HTTP", port = 80, target_type = "instance", health_check = { enabled = true, path = "/healthz", matcher = "200-399" }, stickiness = {} }
    green = { protocol = "HTTP", port = 8080, deregistration_delay = 10, slow_start = null, target_health_state = {} }
  }
}

module "role" {
  source           = "./modules/role"
  name             = local.name
  trusted_services = ["ec2.amazonaws.com"]
  trusted_arns     = ["arn:aws:iam::111122223333:root"]
  policy_arns      = { admin = "arn:aws:iam::aws:policy/AdministratorAccess" }
  statements = {
    s3   = { effect = "Allow", actions = ["s3:*"], resources = ["*"], condition = { ip = { test = "IpAddress", variable = "aws:SourceIp", values = ["10.0.0.0/8"] } } }
    deny = { effect = "Deny", not_actions = ["iam:*"], not_resources = ["arn:aws:iam::111122223333:role/x"] }
  }
}

resource "terraform_data" "outputs" {
  input = {
    sg     = [module.sg.name, module.off.name]
    ids    = compact([module.off.security_group_id])
    bucket = { for k, m in module.bucket : k => m.id }
    rules  = module.sg.rules
    alb    = module.alb.names
    role   = module.role.name
  }
}
