# Items: sensitive marks through variables, objects, loops, functions, templates, modules, outputs and resources.
provider "aws" {
  region = "eu-south-1"
}

variable "database" {
  type = object({
    user     = string
    password = string
    options  = optional(map(string), {})
  })
  sensitive = true
  default   = { user = "app", password = "s3cret", options = { ssl = "on" } }
}

variable "api_keys" {
  type      = map(string)
  sensitive = true
  default   = { stripe = "sk_1", mail = "mg_2" }
}

variable "open" {
  type    = map(string)
  default = { a = "1" }
}

locals {
  dsn      = "postgres://${var.database.user}:${var.database.password}@db/app"
  key_name = nonsensitive(keys(var.api_keys))
  settings = merge(var.open, { secret = var.database.password })
  marked   = sensitive({ inner = { value = "x" } })
}

resource "aws_ssm_parameter" "key" {
  for_each = toset(local.key_name)
  name     = "/keys/${each.key}"
  type     = "SecureString"
  value    = var.api_keys[each.key]
}

resource "aws_lambda_function" "this" {
  function_name = "app"
  role          = "arn:aws:iam::111122223333:role/app"
  handler       = "index.handler"
  runtime       = "nodejs20.x"
  filename      = "app.zip"
  environment {
    variables = {
      DSN  = local.dsn
      MODE = "live"
    }
  }
}

resource "aws_ecs_task_definition" "this" {
  family = "app"
  container_definitions = jsonencode([{
    name        = "app"
    image       = "app:1"
    environment = [{ name = "PASSWORD", value = var.database.password }]
  }])
}

resource "aws_instance" "this" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data     = "#!/bin/sh\necho ${var.database.user}\n"
  tags = {
    Name  = "plain"
    Owner = var.database.user
  }
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = "app"
  secret_string = jsonencode(var.database)
}

resource "aws_sqs_queue" "this" {
  name          = "q-${nonsensitive(var.database.user)}"
  delay_seconds = length(var.api_keys)
}

module "leaf" {
  source   = "./modules/leaf"
  password = var.database.password
  plain    = "p"
}

resource "terraform_data" "flow" {
  input = {
    dsn        = local.dsn
    settings   = local.settings
    open       = local.settings.a
    attribute  = var.database.options
    list       = [for k, v in var.api_keys : upper(v)]
    map        = { for k in local.key_name : k => length(var.api_keys[k]) }
    comparison = var.database.password == "s3cret"
    arm        = length(var.open) > 0 ? var.database.user : "nobody"
    condition  = var.database.user == "app" ? 1 : 2
    json       = jsonencode({ p = var.database.password, q = 1 })
    contains   = contains(values(var.api_keys), "sk_1")
    joined     = join(",", ["a", var.database.user])
    try        = try(var.database.nothing, "fallback")
    marked     = local.marked
    unmarked   = nonsensitive(local.marked).inner.value
    is         = [issensitive(var.database), issensitive(var.open), issensitive(local.settings.secret), issensitive(local.settings)]
    output     = module.leaf.hidden
    shown      = module.leaf.shown
    hash       = sha256(var.database.password)
    split      = split("", var.database.user)
    template   = "%{for k, v in var.open}${k}=${v};%{endfor}${var.database.user}"
    object     = { deep = { deeper = [var.database.password, "plain"] } }
    concat     = concat(["a"], [var.database.user])
    lookup     = lookup(var.open, "a", var.database.user)
    coalesce   = coalesce(null, var.database.user)
    flat       = flatten([["x"], [var.database.user]])
    zip        = zipmap(["k"], [var.database.user])
    keys       = keys(local.settings)
    length     = length(local.settings)
  }
}
