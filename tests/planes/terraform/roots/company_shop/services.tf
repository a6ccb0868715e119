resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = local.is_prod ? "enabled" : "disabled"
  }
}

module "service" {
  source   = "./modules/service"
  for_each = var.services

  name        = "${local.name}-${each.key}"
  cluster     = aws_ecs_cluster.main.name
  image       = "${aws_ecr_repository.service[each.key].repository_url}:${var.release}"
  config      = each.value
  vpc_id      = module.vpc.id
  subnets     = values(module.vpc.subnet_ids["app"])
  lb_group    = each.value.port == null ? null : aws_security_group.alb.id
  environment = merge({ ENV = var.environment, RELEASE = var.release, DB_HOST = aws_db_instance.main.address }, each.value.env)
  secrets     = { for s in each.value.secrets : upper(replace(s, "-", "_")) => aws_ssm_parameter.secret[s].arn }
  region      = var.region
}

resource "aws_ecr_repository" "service" {
  for_each = toset(keys(var.services))
  name     = "${var.project}/${each.value}"

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ssm_parameter" "secret" {
  for_each = toset(distinct(flatten([for s in var.services : s.secrets])))

  name  = "/${var.project}/${var.environment}/${each.key}"
  type  = "SecureString"
  value = "set-me"

  lifecycle {
    ignore_changes = [value]
  }
}

resource "aws_ssm_parameter" "release" {
  name  = "/${var.project}/${var.environment}/release"
  type  = "String"
  value = var.release
}

resource "aws_sqs_queue" "orders" {
  name                       = "${local.name}-orders"
  visibility_timeout_seconds = 5 * 60
  redrive_policy             = <<EOF
{
  "deadLetterTargetArn": "${aws_sqs_queue.orders_dead.arn}",
  "maxReceiveCount": 5
}
EOF
}

resource "aws_sqs_queue" "orders_dead" {
  name                      = "${local.name}-orders-dead"
  message_retention_seconds = 1209600
}
