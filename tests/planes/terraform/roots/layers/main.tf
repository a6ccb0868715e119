# Variables from every source, override files, locals in any order.
variable "from_default" { default = "default" }
variable "from_tfvars" { default = "default" }
variable "from_json" { default = "default" }
variable "from_auto" { default = "default" }
variable "from_auto_json" { default = "default" }
variable "typed" {
  type    = list(number)
  default = ["1", 2]
}
variable "flag" {
  type    = bool
  default = "true"
}
variable "text" {
  type    = string
  default = 5
}
variable "anything" {
  type    = any
  default = { a = [1, "x", true] }
}
variable "table" {
  type    = map(any)
  default = { a = 1, b = "two" }
}
variable "pair" {
  type    = tuple([string, number])
  default = [1, "2"]
}
variable "unique" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "not_null" {
  type     = string
  default  = "fallback"
  nullable = false
}

variable "valid" {
  type    = number
  default = 5
  validation {
    condition     = var.valid > 1 && var.valid < 10
    error_message = "out of range"
  }
}

locals {
  third  = "${local.second}-3"
  second = "${local.first}-2"
}

locals {
  first = "1"
  tags  = { a = "base" }
}

resource "terraform_data" "values" {
  input = {
    default   = var.from_default
    tfvars    = var.from_tfvars
    json      = var.from_json
    auto      = var.from_auto
    auto_json = var.from_auto_json
    typed     = var.typed
    flag      = var.flag
    text      = var.text
    anything  = var.anything
    table     = var.table
    pair      = var.pair
    unique    = var.unique
    third     = local.third
    valid     = var.valid
    tags      = local.tags
  }
}

resource "terraform_data" "overridden" {
  input = "base"
}

resource "aws_security_group" "merged" {
  name        = "base"
  description = "kept"
  ingress {
    from_port   = 1
    to_port     = 1
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    from_port   = 3
    to_port     = 3
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  lifecycle {
    create_before_destroy = true
  }
}

provider "aws" {
  region = "us-east-1"
}

module "child" {
  source   = "./modules/child"
  not_null = null
  maybe    = null
}

resource "terraform_data" "child" {
  input = module.child.all
}

moved {
  from = terraform_data.old
  to   = terraform_data.values
}

removed {
  from = terraform_data.gone
  lifecycle {
    destroy = false
  }
}

check "fine" {
  assert {
    condition     = var.valid > 0
    error_message = "no"
  }
}
