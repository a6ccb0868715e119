variable "owner" {
  type      = string
  sensitive = true
}

variable "port" {
  type      = number
  sensitive = true
}

locals {
  hostile = "a\u001b[31m<script>alert(1)</script>]]>&\u202e|x|`"
}

resource "aws_kms_key" "this" {}

resource "aws_db_instance" "orders" {
  for_each          = toset(["plain", "esc\u001b[2J"])
  identifier        = "${local.hostile}${each.key}"
  engine            = "postgres"
  username          = var.owner
  password          = "literal-${var.owner}"
  port              = var.port
  instance_class    = "db.${var.owner}"
  allocated_storage = length(var.owner)
  kms_key_id        = aws_kms_key.this.arn

  tags = {
    "__unknown__" = local.hostile
  }
}

resource "aws_ecs_task_definition" "api" {
  family = "api"
  container_definitions = jsonencode([{
    name        = "api"
    image       = "shop/api:1"
    environment = [{ name = "OWNER", value = var.owner }]
  }])
}

output "owner" {
  value     = var.owner
  sensitive = true
}
