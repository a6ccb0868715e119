# Items: policy documents merged by source and override, users and groups by flatten, roles by templates, OIDC, boundaries.
provider "aws" {
  region = "us-east-1"
}

variable "people" {
  type = list(object({ name = string, groups = optional(list(string), []), console = optional(bool, false) }))
  default = [
    { name = "ann", groups = ["admins", "dev"] },
    { name = "bob", groups = ["dev"], console = true },
    { name = "cy" },
  ]
}

variable "roles" {
  type = map(object({
    services = optional(list(string), [])
    oidc     = optional(object({ repo = string, branches = optional(list(string), ["main"]) }))
    accounts = optional(list(string), [])
    allow    = optional(map(object({ actions = list(string), resources = optional(list(string), ["*"]), when = optional(list(object({ test = string, key = string, values = list(string) })), []) })), {})
    deny     = optional(list(string), [])
    managed  = optional(list(string), [])
    files    = optional(list(string), [])
    max      = optional(number, 3600)
  }))
  default = {
    app = {
      services = ["ecs-tasks", "lambda"]
      allow = {
        read  = { actions = ["s3:GetObject", "s3:ListBucket"], resources = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"] }
        queue = { actions = ["sqs:*"], when = [{ test = "StringEquals", key = "aws:RequestedRegion", values = ["us-east-1", "us-west-2"] }, { test = "Bool", key = "aws:SecureTransport", values = ["true"] }] }
      }
      deny    = ["iam:*", "organizations:*"]
      managed = ["service-role/AWSXRayDaemonWriteAccess"]
      files   = ["logs"]
    }
    deploy = { oidc = { repo = "acme/app", branches = ["main", "release/*"] }, allow = { all = { actions = ["*"] } }, max = 7200 }
    audit  = { accounts = ["444455556666", "111122223333"], managed = ["SecurityAudit", "ReadOnlyAccess"], files = ["logs", "deny-regions"] }
  }
}

locals {
  groups      = toset(flatten(var.people[*].groups))
  memberships = { for p in var.people : p.name => p.groups if length(p.groups) > 0 }
  attachments = { for item in flatten([for name, r in var.roles : [for m in r.managed : { role = name, policy = m }]]) : "${item.role}:${basename(item.policy)}" => item }
}

data "aws_partition" "current" {}

resource "aws_iam_group" "this" {
  for_each = local.groups
  name     = each.key
  path     = "/teams/"
}

resource "aws_iam_user" "this" {
  for_each      = { for p in var.people : p.name => p }
  name          = each.key
  force_destroy = true
  tags          = each.value.console ? { console = "yes" } : {}
}

resource "aws_iam_user_group_membership" "this" {
  for_each = local.memberships
  user     = aws_iam_user.this[each.key].name
  groups   = [for g in each.value : aws_iam_group.this[g].name]
}

resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

data "aws_iam_policy_document" "trust" {
  for_each = var.roles
  dynamic "statement" {
    for_each = length(each.value.services) > 0 ? [each.value.services] : []
    content {
      sid     = "Services"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "Service"
        identifiers = formatlist("%s.${data.aws_partition.current.dns_suffix}", statement.value)
      }
    }
  }
  dynamic "statement" {
    for_each = each.value.oidc[*]
    iterator = oidc
    content {
      sid     = "GitHub"
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "token.actions.githubusercontent.com:aud"
        values   = ["sts.amazonaws.com"]
      }
      condition {
        test     = "StringLike"
        variable = "token.actions.githubusercontent.com:sub"
        values   = [for b in oidc.value.branches : "repo:${oidc.value.repo}:ref:refs/heads/${b}"]
      }
    }
  }
  dynamic "statement" {
    for_each = each.value.accounts
    content {
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["arn:${data.aws_partition.current.partition}:iam::${statement.value}:root"]
      }
      condition {
        test     = "NumericLessThan"
        variable = "aws:MultiFactorAuthAge"
        values   = [3600]
      }
    }
  }
}

data "aws_iam_policy_document" "allow" {
  for_each = { for name, r in var.roles : name => r if length(r.allow) + length(r.deny) > 0 }
  dynamic "statement" {
    for_each = each.value.allow
    content {
      sid       = title(statement.key)
      effect    = "Allow"
      actions   = statement.value.actions
      resources = statement.value.resources
      dynamic "condition" {
        for_each = statement.value.when
        content {
          test     = condition.value.test
          variable = condition.value.key
          values   = condition.value.values
        }
      }
    }
  }
  dynamic "statement" {
    for_each = length(each.value.deny) > 0 ? { Guard = each.value.deny } : {}
    content {
      sid       = statement.key
      effect    = "Deny"
      actions   = statement.value
      resources = ["*"]
    }
  }
}

data "aws_iam_policy_document" "combined" {
  for_each                  = { for name, r in var.roles : name => r if length(r.files) > 0 }
  source_policy_documents   = concat([for f in each.value.files : file("${path.module}/policies/${f}.json")], try([data.aws_iam_policy_document.allow[each.key].json], []))
  override_policy_documents = each.key == "app" ? [jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Read", Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })] : []
  statement {
    sid       = "Always"
    actions   = ["sts:GetCallerIdentity"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "this" {
  for_each             = var.roles
  name                 = each.key
  path                 = "/acme/"
  max_session_duration = each.value.max
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  permissions_boundary = each.key == "deploy" ? "arn:aws:iam::111122223333:policy/boundary" : null
}

resource "aws_iam_policy" "combined" {
  for_each    = data.aws_iam_policy_document.combined
  name        = "${each.key}-combined"
  description = "of ${length(var.roles[each.key].files)} files"
  policy      = each.value.json
}

resource "aws_iam_role_policy" "own" {
  for_each = data.aws_iam_policy_document.allow
  name     = "own"
  role     = aws_iam_role.this[each.key].name
  policy   = each.value.minified_json
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each   = local.attachments
  role       = aws_iam_role.this[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_instance_profile" "this" {
  for_each = toset([for name, r in var.roles : name if contains(r.services, "ecs-tasks")])
  name     = each.key
  role     = aws_iam_role.this[each.key].name
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length        = 14
  require_lowercase_characters   = true
  require_numbers                = true
  require_uppercase_characters   = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = 90
}

resource "aws_iam_service_linked_role" "this" {
  for_each         = toset(["es", "spot"])
  aws_service_name = "${each.key}.amazonaws.com"
}
