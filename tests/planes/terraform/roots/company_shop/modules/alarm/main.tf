variable "name" {}
variable "topic" {}
variable "alarm" {
  type = any
}

locals {
  rising = can(var.alarm.over)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = var.name
  namespace           = "AWS/${var.alarm.ns}"
  metric_name         = var.alarm.metric
  comparison_operator = local.rising ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = local.rising ? var.alarm.over : var.alarm.under
  evaluation_periods  = try(var.alarm.periods, 3)
  period              = lookup(var.alarm, "period", 60)
  statistic           = lookup(var.alarm, "stat", "Average")
  dimensions          = var.alarm.dims
  alarm_actions       = [var.topic]
  ok_actions          = local.rising ? [var.topic] : null
}
