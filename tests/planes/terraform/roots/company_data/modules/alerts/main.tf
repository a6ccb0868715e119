variable "channels" {
  type = map(list(string))
}

variable "rules" {
  type = list(object({
    name     = string
    metric   = string
    over     = optional(number)
    under    = optional(number)
    severity = optional(string, "low")
  }))
  validation {
    condition     = alltrue([for r in var.rules : (r.over == null) != (r.under == null)])
    error_message = "A rule is over or under."
  }
}

variable "datasets" { type = list(string) }

locals {
  routes = { high = ["email", "pager"], low = ["email"] }
  all    = { for pair in setproduct(var.datasets, var.rules) : "${pair[0]}-${pair[1].name}" => merge(pair[1], { dataset = pair[0] }) }
  topics = { for channel, targets in var.channels : channel => targets if length(targets) > 0 }
}

resource "aws_sns_topic" "channel" {
  for_each = local.topics
  name     = "data-${each.key}"
}

resource "aws_sns_topic_subscription" "channel" {
  for_each  = { for s in flatten([for c, ts in local.topics : [for i, t in ts : { c = c, t = t, i = i }]]) : "${s.c}${s.i}" => s }
  topic_arn = aws_sns_topic.channel[each.value.c].arn
  protocol  = startswith(each.value.t, "https") ? "https" : "email"
  endpoint  = each.value.t
}

resource "aws_cloudwatch_metric_alarm" "rule" {
  for_each            = local.all
  alarm_name          = each.key
  namespace           = "Data"
  metric_name         = each.value.metric
  dimensions          = { Dataset = each.value.dataset }
  comparison_operator = each.value.over != null ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = coalesce(each.value.over, each.value.under)
  evaluation_periods  = each.value.severity == "high" ? 1 : 3
  period              = 300
  statistic           = "Maximum"
  alarm_actions       = compact([for c in local.routes[each.value.severity] : try(aws_sns_topic.channel[c].arn, "")])
}

output "names" {
  value = sort(keys(aws_cloudwatch_metric_alarm.rule))
}
