# Items: alarms by flattening maps of maps, dashboards, metric filters, budgets, queries; number formats and conversions.
provider "aws" {
  region = "us-west-1"
  default_tags {
    tags = { Owner = "sre" }
  }
}

variable "services" {
  type = map(map(object({
    metric    = string
    threshold = number
    compare   = optional(string, ">")
    periods   = optional(number, 3)
    statistic = optional(string)
    missing   = optional(string, "missing")
    dims      = optional(map(string), {})
  })))
  default = {
    api = {
      latency = { metric = "TargetResponseTime", threshold = 0.75, statistic = "p99", dims = { LoadBalancer = "app/main/1" } }
      errors  = { metric = "HTTPCode_Target_5XX_Count", threshold = 10, missing = "notBreaching" }
    }
    db = {
      cpu  = { metric = "CPUUtilization", threshold = "80", periods = 5 }
      free = { metric = "FreeStorageSpace", threshold = 5368709120, compare = "<" }
    }
  }
}

locals {
  operators = { ">" = "GreaterThanThreshold", "<" = "LessThanThreshold", ">=" = "GreaterThanOrEqualToThreshold" }
  spaces    = { api = "AWS/ApplicationELB", db = "AWS/RDS" }
  alarms = merge(values({
    for service, alarms in var.services : service => {
      for name, alarm in alarms : join("-", [service, name]) => merge(alarm, { service = service, namespace = local.spaces[service] })
    }
  })...)
  widgets = [
    for i, name in sort(keys(local.alarms)) : {
      type   = "metric"
      x      = (i % 2) * 12
      y      = floor(i / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = title(replace(name, "-", " "))
        region  = "us-west-1"
        stat    = coalesce(local.alarms[name].statistic, "Average")
        metrics = [concat([local.alarms[name].namespace, local.alarms[name].metric], flatten([for k, v in local.alarms[name].dims : [k, v]]))]
        annotations = {
          horizontal = [{ value = local.alarms[name].threshold, label = format("%s %.2f", local.alarms[name].compare, local.alarms[name].threshold) }]
        }
      }
    }
  ]
}

resource "aws_sns_topic" "alerts" {
  for_each = toset(["page", "mail"])
  name     = "alerts-${each.key}"
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = each.key
  alarm_description   = "${upper(each.value.service)}: ${each.value.metric} ${each.value.compare} ${each.value.threshold}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  comparison_operator = local.operators[each.value.compare]
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = max(1, each.value.periods - 1)
  period              = 60
  statistic           = each.value.statistic == null ? "Average" : null
  extended_statistic  = each.value.statistic
  treat_missing_data  = each.value.missing
  dimensions          = merge({ Service = each.value.service }, each.value.dims)
  alarm_actions       = [for name, topic in aws_sns_topic.alerts : topic.arn if name == "page" || each.value.periods < 5]
}

resource "aws_cloudwatch_metric_alarm" "ratio" {
  alarm_name          = "error-ratio"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  threshold           = 1 / 8 * 100
  metric_query {
    id          = "ratio"
    expression  = "errors / requests * 100"
    label       = "ratio"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { errors = "HTTPCode_Target_5XX_Count", requests = "RequestCount" }
    content {
      id = metric_query.key
      metric {
        metric_name = metric_query.value
        namespace   = "AWS/ApplicationELB"
        period      = 300
        stat        = "Sum"
        dimensions  = { LoadBalancer = "app/main/1" }
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "any" {
  alarm_name = "any"
  alarm_rule = join(" OR ", [for name in sort(keys(aws_cloudwatch_metric_alarm.this)) : "ALARM(${name})"])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "services"
  dashboard_body = jsonencode({ start = "-PT6H", widgets = local.widgets })
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each       = { error = "ERROR", slow = "{ $.duration > 1000 }" }
  name           = each.key
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = each.value
  metric_transformation {
    name          = "${title(each.key)}Count"
    namespace     = "App"
    value         = "1"
    default_value = 0
    unit          = "Count"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/app/main"
  retention_in_days = 30
  log_group_class   = "STANDARD"
}

resource "aws_cloudwatch_log_subscription_filter" "this" {
  name            = "ship"
  log_group_name  = aws_cloudwatch_log_group.this.name
  filter_pattern  = "[time, id, level != \"DEBUG\", ...]"
  destination_arn = "arn:aws:lambda:us-west-1:111122223333:function:ship"
}

resource "aws_cloudwatch_query_definition" "this" {
  name            = "slow requests"
  log_group_names = [aws_cloudwatch_log_group.this.name]
  query_string    = <<-EOF
    fields @timestamp, @message
    | filter duration > ${1.5 * 1000}
    | sort @timestamp desc
    | limit ${pow(10, 2)}
  EOF
}

resource "aws_budgets_budget" "this" {
  for_each     = { total = 1200.5, compute = 800 }
  name         = each.key
  budget_type  = "COST"
  limit_amount = format("%.2f", each.value)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  dynamic "cost_filter" {
    for_each = each.key == "compute" ? { Service = ["Amazon Elastic Compute Cloud - Compute"] } : {}
    content {
      name   = cost_filter.key
      values = cost_filter.value
    }
  }
  dynamic "notification" {
    for_each = [50, 80, 100]
    content {
      comparison_operator        = "GREATER_THAN"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      notification_type          = notification.value == 100 ? "ACTUAL" : "FORECASTED"
      subscriber_email_addresses = ["sre@example.com", "cfo@example.com"]
    }
  }
}

resource "aws_xray_sampling_rule" "this" {
  rule_name      = "default"
  priority       = 9000
  version        = 1
  reservoir_size = 1
  fixed_rate     = 0.05
  url_path       = "*"
  host           = "*"
  http_method    = "*"
  service_type   = "*"
  service_name   = "*"
  resource_arn   = "*"
  attributes     = { tier = "gold" }
}

resource "aws_synthetics_canary" "this" {
  name                 = "home"
  artifact_s3_location = "s3://canary/"
  execution_role_arn   = "arn:aws:iam::111122223333:role/canary"
  handler              = "index.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.0"
  s3_bucket            = "canary"
  s3_key               = "home.zip"
  schedule {
    expression          = "rate(${60 / 12} minutes)"
    duration_in_seconds = 0
  }
  run_config {
    timeout_in_seconds = 60
    memory_in_mb       = 1024
    active_tracing     = true
  }
}
