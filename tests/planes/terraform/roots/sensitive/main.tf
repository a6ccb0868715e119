# Sensitive marks, through expressions, modules and resources.
provider "aws" {
  region = "ap-northeast-2"
}

variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2hunter2"
}

variable "settings" {
  type      = map(string)
  sensitive = true
  default   = { user = "root", level = "1" }
}

locals {
  url = "postgres://${var.settings["user"]}:${var.password}@host"
}

resource "aws_db_instance" "this" {
  identifier           = "main"
  instance_class       = "db.t4g.micro"
  allocated_storage    = 20
  engine               = "postgres"
  username             = "app"
  password             = var.password
  skip_final_snapshot  = true
  db_subnet_group_name = "db"
}

resource "aws_ssm_parameter" "url" {
  name  = "/app/url"
  type  = "SecureString"
  value = local.url
}

resource "aws_ssm_parameter" "open" {
  for_each = nonsensitive(toset(keys(var.settings)))
  name     = "/app/${each.key}"
  type     = "String"
  value    = nonsensitive(var.settings[each.key])
}

resource "terraform_data" "flow" {
  input = {
    length      = length(var.password)
    conditional = var.password == "x" ? "a" : "b"
    list        = [for k, v in var.settings : v]
    mixed       = { open = 1, closed = var.password }
    upper       = upper(var.password)
    same        = issensitive(var.password)
    clear       = sensitive("x") == "x"
    try         = try(var.settings.nothing, "fallback")
  }
}
