variable "password" {
  type      = string
  sensitive = true
}

variable "plain" {
  type = string
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = "leaf"
  secret_string = var.password
}

output "hidden" {
  value     = "${var.plain}-${var.password}"
  sensitive = true
}

output "shown" {
  value = [var.plain, nonsensitive(length(var.password))]
}
