variable "name" {}
variable "trusted_services" {
  type    = list(string)
  default = []
}
variable "trusted_arns" {
  type    = list(string)
  default = []
}
variable "policy_arns" {
  type    = map(string)
  default = {}
}
variable "statements" {
  type    = any
  default = {}
}
variable "inline_statements" {
  type    = any
  default = []
}

data "aws_iam_policy_document" "assume" {
  count = length(concat(var.trusted_services, var.trusted_arns)) > 0 ? 1 : 0

  dynamic "statement" {
    for_each = length(var.trusted_arns) > 0 ? [1] : []
    content {
      effect  = "Allow"
      actions = compact(distinct(concat(["sts:AssumeRole"], ["sts:TagSession", ""])))
      principals {
        type        = "AWS"
        identifiers = var.trusted_arns
      }
    }
  }

  statement {
    actions = ["sts:AssumeRole"]
    dynamic "principals" {
      for_each = { Service = var.trusted_services }
      content {
        type        = principals.key
        identifiers = principals.value
      }
    }
  }
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = var.statements
    content {
      sid           = try(statement.value.sid, replace(statement.key, "/[^0-9A-Za-z]*/", ""))
      effect        = try(statement.value.effect, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = try(statement.value.condition, [])
        content {
          test     = condition.value.test
          values   = condition.value.values
          variable = condition.value.variable
        }
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.assume[0].json
}

resource "aws_iam_policy" "this" {
  count  = length(var.statements) > 0 ? 1 : 0
  name   = var.name
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { for k, v in merge(var.policy_arns, {}) : k => v }
  policy_arn = each.value
  role       = aws_iam_role.this.name
}

output "name" { value = aws_iam_role.this.name }
