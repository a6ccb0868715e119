data "aws_caller_identity" "current" {}

locals {
  all_alarms = {
    rds-memory-low = {
      description = "RDS has less than 200 MB of memory left"
      namespace   = "AWS/RDS"
      metric      = "FreeableMemory"
      operator    = "LessThanThreshold"
      threshold   = var.thresholds.rds_free_memory_bytes
      dimensions  = { DBInstanceIdentifier = var.database_identifier }
    }
    rds-connections-high = {
      description = "RDS runs out of connections"
      namespace   = "AWS/RDS"
      metric      = "DatabaseConnections"
      threshold   = var.thresholds.rds_connections
      dimensions  = { DBInstanceIdentifier = var.database_identifier }
    }
    ecs-cpu-high = {
      description = "Tasks are busy although autoscaling had its chance"
      namespace   = "AWS/ECS"
      metric      = "CPUUtilization"
      threshold   = var.thresholds.ecs_cpu_percent
      dimensions  = { ClusterName = var.cluster_name, ServiceName = var.service_name }
    }
    alb-5xx = {
      description = "The load balancer answers with server errors"
      namespace   = "AWS/ApplicationELB"
      metric      = "HTTPCode_ELB_5XX_Count"
      statistic   = "Sum"
      periods     = 1
      threshold   = var.thresholds.alb_5xx_count
      dimensions  = { LoadBalancer = var.load_balancer }
    }
    nat-down = {
      description = "The NAT instance fails its checks; its Auto Scaling group replaces it"
      namespace   = "AWS/EC2"
      metric      = "StatusCheckFailed"
      statistic   = "Maximum"
      period      = 60
      threshold   = 0
      missing     = "breaching"
      dimensions  = { AutoScalingGroupName = var.nat_autoscaling_group }
    }
  }

  alarms = { for key, alarm in local.all_alarms : key => alarm if !contains(var.disabled_alarms, key) }
}

resource "aws_sns_topic" "alarms" {
  name         = "${var.name_prefix}-alarms"
  display_name = "Glimpse alarms"
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "AlarmsOfThisAccount"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name_prefix}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  comparison_operator = lookup(each.value, "operator", "GreaterThanThreshold")
  threshold           = each.value.threshold
  statistic           = lookup(each.value, "statistic", "Average")
  period              = lookup(each.value, "period", 300)
  evaluation_periods  = try(each.value.periods, 2)
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
