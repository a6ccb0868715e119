variable "name" {}
variable "vpc_id" {}
variable "subnets" { type = list(string) }
variable "security_groups" { type = list(string) }
variable "listeners" {
  type    = any
  default = {}
}
variable "target_groups" {
  type    = any
  default = {}
}
variable "default_port" { default = 80 }

locals {
  listener_rules = flatten([
    for listener_key, listener_values in var.listeners : [
      for rule_key, rule_values in lookup(listener_values, "rules", {}) :
      merge(rule_values, {
        listener_key = listener_key
        rule_key     = rule_key
      })
    ]
  ])
}

resource "aws_lb" "this" {
  name                       = var.name
  subnets                    = var.subnets
  security_groups            = var.security_groups
  internal                   = null
  load_balancer_type         = "application"
  drop_invalid_header_fields = true
  dynamic "access_logs" {
    for_each = length({}) > 0 ? [{}] : []
    content {
      bucket = access_logs.value.bucket
    }
  }
}

resource "aws_lb_listener" "this" {
  for_each          = { for k, v in var.listeners : k => v }
  load_balancer_arn = aws_lb.this.arn
  certificate_arn   = try(each.value.certificate_arn, null)
  port              = try(each.value.port, var.default_port)
  protocol          = try(each.value.protocol, "HTTPS")
  ssl_policy        = contains(["HTTPS", "TLS"], try(each.value.protocol, "HTTPS")) ? try(each.value.ssl_policy, "ELBSecurityPolicy-TLS13-1-2-Res-2021-06") : try(each.value.ssl_policy, null)

  dynamic "default_action" {
    for_each = try([each.value.forward], [])
    content {
      order            = try(default_action.value.order, null)
      target_group_arn = length(try(default_action.value.target_groups, [])) > 0 ? null : try(default_action.value.arn, aws_lb_target_group.this[default_action.value.target_group_key].arn, null)
      type             = "forward"
    }
  }

  dynamic "default_action" {
    for_each = try([each.value.redirect], [])
    content {
      order = try(default_action.value.order, null)
      type  = "redirect"
      redirect {
        host        = try(default_action.value.host, null)
        path        = try(default_action.value.path, null)
        port        = try(default_action.value.port, null)
        protocol    = try(default_action.value.protocol, null)
        status_code = default_action.value.status_code
      }
    }
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each     = { for v in local.listener_rules : "${v.listener_key}/${v.rule_key}" => v }
  listener_arn = try(each.value.listener_arn, aws_lb_listener.this[each.value.listener_key].arn)
  priority     = try(each.value.priority, null)

  dynamic "action" {
    for_each = [for action in each.value.actions : action if action.type == "fixed-response"]
    content {
      type = "fixed-response"
      fixed_response {
        content_type = action.value.content_type
        message_body = try(action.value.message_body, null)
        status_code  = try(action.value.status_code, null)
      }
    }
  }

  dynamic "action" {
    for_each = [for action in each.value.actions : action if action.type == "weighted-forward"]
    content {
      type = "forward"
      forward {
        dynamic "target_group" {
          for_each = try(action.value.target_groups, [])
          content {
            arn    = try(target_group.value.arn, aws_lb_target_group.this[target_group.value.target_group_key].arn)
            weight = try(target_group.value.weight, null)
          }
        }
        dynamic "stickiness" {
          for_each = try([action.value.stickiness], [])
          content {
            enabled  = try(stickiness.value.enabled, null)
            duration = try(stickiness.value.duration, 60)
          }
        }
      }
    }
  }

  dynamic "condition" {
    for_each = [for condition in each.value.conditions : condition if contains(keys(condition), "http_header")]
    content {
      dynamic "http_header" {
        for_each = try([condition.value.http_header], [])
        content {
          http_header_name = http_header.value.http_header_name
          values           = http_header.value.values
        }
      }
    }
  }

  dynamic "condition" {
    for_each = [for condition in each.value.conditions : condition if contains(keys(condition), "query_string")]
    content {
      dynamic "query_string" {
        for_each = try(flatten([condition.value.query_string]), [])
        content {
          key   = try(query_string.value.key, null)
          value = query_string.value.value
        }
      }
    }
  }

  dynamic "condition" {
    for_each = [for condition in each.value.conditions : condition if contains(keys(condition), "path_pattern")]
    content {
      dynamic "path_pattern" {
        for_each = try([condition.value.path_pattern], [])
        content {
          values = path_pattern.value.values
        }
      }
    }
  }
}

resource "aws_lb_target_group" "this" {
  for_each             = { for k, v in var.target_groups : k => v }
  name                 = try(each.value.name, null)
  name_prefix          = try(each.value.name_prefix, null)
  port                 = try(each.value.target_type, null) == "lambda" ? null : try(each.value.port, var.default_port)
  protocol             = try(each.value.target_type, null) == "lambda" ? null : try(each.value.protocol, "HTTP")
  target_type          = try(each.value.target_type, null)
  deregistration_delay = try(each.value.deregistration_delay, null)
  slow_start           = try(each.value.slow_start, null)
  vpc_id               = try(each.value.vpc_id, var.vpc_id)

  dynamic "health_check" {
    for_each = try([each.value.health_check], [])
    content {
      enabled  = try(health_check.value.enabled, null)
      interval = try(health_check.value.interval, null)
      matcher  = try(health_check.value.matcher, null)
      path     = try(health_check.value.path, null)
      port     = try(health_check.value.port, null)
    }
  }

  dynamic "stickiness" {
    for_each = try([each.value.stickiness], [])
    content {
      enabled = try(stickiness.value.enabled, true)
      type    = try(stickiness.value.type, "lb_cookie")
    }
  }
}

output "names" { value = { for k, v in aws_lb_target_group.this : k => v.port } }
