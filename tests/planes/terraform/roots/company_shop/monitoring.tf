resource "aws_sns_topic" "alarms" {
  name = "${local.name}-alarms"
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = var.alarm_emails
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

module "alarm" {
  source = "./modules/alarm"
  for_each = {
    db-cpu     = { ns = "RDS", metric = "CPUUtilization", over = 80, dims = { DBInstanceIdentifier = aws_db_instance.main.identifier } }
    db-storage = { ns = "RDS", metric = "FreeStorageSpace", under = 10 * pow(1024, 3), dims = { DBInstanceIdentifier = aws_db_instance.main.identifier } }
    alb-5xx    = { ns = "ApplicationELB", metric = "HTTPCode_Target_5XX_Count", over = local.is_prod ? 50 : 500, dims = { LoadBalancer = aws_lb.main.arn_suffix } }
    queue      = { ns = "SQS", metric = "ApproximateAgeOfOldestMessage", over = 600, periods = 5, dims = { QueueName = aws_sqs_queue.orders.name } }
  }
  name  = "${local.name}-${each.key}"
  alarm = each.value
  topic = aws_sns_topic.alarms.arn
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = local.name
  dashboard_body = templatefile("${path.module}/templates/dashboard.json.tftpl", {
    region   = var.region
    services = [for name, s in var.services : { name = name, cluster = local.name }]
    database = "${local.name}-main"
  })
}

output "url" {
  value = "https://${local.domain[var.environment]}"
}

output "services" {
  value = { for name, s in module.service : name => s.log_group }
}
