variable "name" {}

variable "queue" {
  default = "*"
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = title(var.name)
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
    resources = ["arn:aws:sqs:*:*:${var.queue}"]
  }
}

resource "aws_iam_policy" "this" {
  name   = var.name
  policy = data.aws_iam_policy_document.this.json
}

output "json" {
  value = data.aws_iam_policy_document.this.json
}

output "statement_count" {
  value = length(data.aws_iam_policy_document.this.statement)
}
