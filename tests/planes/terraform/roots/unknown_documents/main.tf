# Items: what stays known of policy documents, JSON, YAML and texts around an unknown part; applied for real to compare.
provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "u" {
  input = { name = "queue", tags = ["a"] }
}

resource "terraform_data" "roles" {
  for_each = toset(["app", "job"])
  input    = "role/${each.key}"
}

locals {
  id  = terraform_data.u.id
  arn = "arn:aws:sqs:eu-west-1:111122223333:${local.id}"
}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Known"
    actions   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "unknown_resource" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Queue"
    actions   = ["sqs:ReceiveMessage"]
    resources = ["${local.arn}/*", local.arn, "arn:aws:sqs:::fixed"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/id"
      values   = [local.id, "other"]
    }
  }
  dynamic "statement" {
    for_each = terraform_data.roles
    content {
      sid     = title(statement.key)
      effect  = "Deny"
      actions = ["sqs:*"]
      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::111122223333:${statement.value.id}"]
      }
      resources = ["*"]
    }
  }
}

data "aws_iam_policy_document" "overridden" {
  source_policy_documents = [data.aws_iam_policy_document.unknown_resource.json]
  override_policy_documents = [
    jsonencode({ Statement = [{ Sid = "Known", Effect = "Deny", Action = "sqs:*", Resource = "arn:${local.id}" }] }),
  ]
}

data "aws_iam_policy_document" "hidden" {
  source_policy_documents = [terraform_data.u.id == "" ? "" : data.aws_iam_policy_document.base.json]
  statement {
    sid       = "Own"
    actions   = ["a:B"]
    resources = ["*"]
  }
}

resource "terraform_data" "documents" {
  input = {
    resource   = data.aws_iam_policy_document.unknown_resource.json
    minified   = data.aws_iam_policy_document.unknown_resource.minified_json
    overridden = data.aws_iam_policy_document.overridden.json
    hidden     = data.aws_iam_policy_document.hidden.json
    statements = length(data.aws_iam_policy_document.unknown_resource.statement)
  }
}

resource "terraform_data" "encodings" {
  input = {
    json     = jsonencode({ a = local.id, b = [1, { c = local.id, d = "known" }], e = "x-${local.id}-y" })
    list     = jsonencode([local.id, "b"])
    for      = jsonencode([for k, r in terraform_data.roles : { name = k, id = r.id }])
    yaml     = yamlencode({ a = local.id, b = ["x"] })
    heredoc  = <<-EOT
      {"queue": "${local.arn}", "name": "n"}
    EOT
    wrapped  = jsonencode({ inner = jsonencode({ id = local.id, k = "v" }) })
    merged   = jsonencode(merge({ a = 1 }, { b = local.id }))
    base64   = base64encode(jsonencode({ a = local.id }))
    text     = "arn:aws:s3:::${local.id}/*"
    joined   = join("/", ["a", local.id, "z"])
    upper    = upper("pre-${local.id}")
    format   = format("%s:%s", "pre", local.id)
    trimmed  = trimsuffix("pre-${local.id}", "x")
    replaced = replace("pre-${local.id}", "/", "-")
    list_of  = ["p-${local.id}", "q"]
    element  = element(["a-${local.id}", "b"], 0)
    choice   = local.id == "" ? "left" : "right"
    lists    = local.id == "" ? ["a", "b"] : ["c", "d"]
    maps     = local.id == "" ? { a = 1, b = "same" } : { a = 2, b = "same" }
    prefix   = local.id == "" ? "same-a" : "same-b"
    tried    = try(terraform_data.u.output.name, "none")
    output   = terraform_data.u.output.tags[0]
    split    = split("/", "a/${local.id}")
    keys     = keys({ a = local.id, b = 1 })
    values   = values({ a = local.id, b = 1 })
    coalesce = coalesce(local.id, "never")
    flat     = flatten([["a"], [for r in terraform_data.roles : r.id]])
    set      = toset([local.id, "b"])
    setlen   = length(toset([local.id]))
    sorted   = sort([local.id, "zz"])
    compact  = compact(["a", local.id])
    sum      = sum([length(local.id), 1])
    file     = templatefile("${path.module}/queue.tftpl", { arn = local.arn, names = keys(terraform_data.roles) })
  }
}
