# Items: launch templates and groups with nested dynamic blocks, mixed instances, user data from templates, schedules.
provider "aws" {
  region = "us-west-2"
  default_tags {
    tags = { App = "scaling", Cost = "shared" }
  }
}

variable "groups" {
  type = map(object({
    types     = list(string)
    min       = optional(number, 0)
    max       = number
    spot      = optional(number, 0)
    disks     = optional(list(object({ name = optional(string, "/dev/xvda"), size = number, type = optional(string, "gp3"), iops = optional(number) })), [{ size = 20 }])
    labels    = optional(map(string), {})
    taints    = optional(list(object({ key = string, value = optional(string), effect = string })), [])
    schedules = optional(map(object({ at = string, min = number, max = optional(number) })), {})
    policies  = optional(map(number), {})
    public    = optional(bool)
    hooks     = optional(list(string), [])
  }))
  default = {
    web = {
      types    = ["m7g.large", "m6g.large"]
      min      = 2
      max      = 10
      spot     = 50
      labels   = { role = "web", zone = "any" }
      policies = { ASGAverageCPUUtilization = 60, ALBRequestCountPerTarget = 1000.5 }
      public   = true
      hooks    = ["launching", "terminating"]
    }
    batch = {
      types     = ["c7g.4xlarge"]
      max       = 50
      disks     = [{ size = 50 }, { name = "/dev/xvdb", size = 500, type = "io2", iops = 5000 }]
      taints    = [{ key = "dedicated", value = "batch", effect = "NoSchedule" }, { key = "gpu", effect = "NoExecute" }]
      schedules = { morning = { at = "0 6 * * *", min = 5 }, night = { at = "0 22 * * *", min = 0, max = 0 } }
    }
  }
}

locals {
  user_data = {
    for name, g in var.groups : name => <<-EOT
      #!/bin/bash
      set -euo pipefail
      %{for k, v in g.labels~}
      export LABEL_${upper(k)}="${v}"
      %{endfor~}
      %{if length(g.taints) > 0~}
      TAINTS=${join(",", [for t in g.taints : "${t.key}=${coalesce(t.value, "true")}:${t.effect}"])}
      %{else~}
      # no taints
      %{endif~}
      exec /opt/start --group ${name}
    EOT
  }
  schedules = { for s in flatten([for g, group in var.groups : [for name, s in group.schedules : merge(s, { group = g, name = name })]]) : "${s.group}.${s.name}" => s }
  policies  = merge([for g, group in var.groups : { for metric, target in group.policies : "${g}:${metric}" => { group = g, metric = metric, target = target } }]...)
}

resource "aws_launch_template" "this" {
  for_each               = var.groups
  name                   = each.key
  image_id               = "ami-0123456789abcdef0"
  instance_type          = each.value.types[0]
  update_default_version = true
  user_data              = base64encode(local.user_data[each.key])
  ebs_optimized          = "true"

  dynamic "block_device_mappings" {
    for_each = each.value.disks
    iterator = disk
    content {
      device_name = disk.value.name
      ebs {
        volume_size = disk.value.size
        volume_type = disk.value.type
        iops        = disk.value.iops
        encrypted   = true
      }
    }
  }

  dynamic "network_interfaces" {
    for_each = each.value.public == null ? [] : [each.value.public]
    content {
      associate_public_ip_address = network_interfaces.value
      security_groups             = ["sg-2", "sg-1"]
    }
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }

  monitoring {
    enabled = each.value.max > 20
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume"])
    content {
      resource_type = tag_specifications.key
      tags          = merge(each.value.labels, { Name = each.key })
    }
  }
}

resource "aws_autoscaling_group" "this" {
  for_each            = var.groups
  name                = each.key
  min_size            = each.value.min
  max_size            = each.value.max
  desired_capacity    = each.value.min > 0 ? each.value.min : null
  vpc_zone_identifier = [for i in range(2) : "subnet-${i}"]
  capacity_rebalance  = each.value.spot > 0
  enabled_metrics     = ["GroupMinSize", "GroupMaxSize", "GroupDesiredCapacity"]

  dynamic "launch_template" {
    for_each = each.value.spot == 0 ? [1] : []
    content {
      id      = aws_launch_template.this[each.key].id
      version = "$Latest"
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = each.value.spot > 0 ? [each.value] : []
    iterator = mixed
    content {
      instances_distribution {
        on_demand_base_capacity                  = 1
        on_demand_percentage_above_base_capacity = 100 - mixed.value.spot
        spot_allocation_strategy                 = "price-capacity-optimized"
      }
      launch_template {
        launch_template_specification {
          launch_template_name = aws_launch_template.this[each.key].name
          version              = "$Default"
        }
        dynamic "override" {
          for_each = mixed.value.types
          content {
            instance_type     = override.value
            weighted_capacity = tostring(override.key + 1)
          }
        }
      }
    }
  }

  dynamic "tag" {
    for_each = merge({ Name = each.key }, { for k, v in each.value.labels : "k8s/label/${k}" => v }, { for t in each.value.taints : "k8s/taint/${t.key}" => "${coalesce(t.value, "")}:${t.effect}" if t.value != null })
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = !startswith(tag.key, "k8s/")
    }
  }

  dynamic "initial_lifecycle_hook" {
    for_each = each.value.hooks
    content {
      name                 = "${each.key}-${initial_lifecycle_hook.value}"
      lifecycle_transition = "autoscaling:EC2_INSTANCE_${upper(initial_lifecycle_hook.value)}"
      default_result       = "CONTINUE"
      heartbeat_timeout    = 60 * (initial_lifecycle_hook.key + 1)
    }
  }

  instance_refresh {
    strategy = "Rolling"
    triggers = ["tag"]
    preferences {
      min_healthy_percentage = 90
      instance_warmup        = "120"
    }
  }

  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

resource "aws_autoscaling_schedule" "this" {
  for_each               = local.schedules
  scheduled_action_name  = each.value.name
  autoscaling_group_name = aws_autoscaling_group.this[each.value.group].name
  recurrence             = each.value.at
  min_size               = each.value.min
  max_size               = coalesce(each.value.max, var.groups[each.value.group].max)
  desired_capacity       = each.value.min
  time_zone              = "Europe/Berlin"
}

resource "aws_autoscaling_policy" "this" {
  for_each               = local.policies
  name                   = replace(each.key, ":", "-")
  autoscaling_group_name = aws_autoscaling_group.this[each.value.group].name
  policy_type            = "TargetTrackingScaling"
  target_tracking_configuration {
    target_value = each.value.target
    predefined_metric_specification {
      predefined_metric_type = each.value.metric
      resource_label         = startswith(each.value.metric, "ALB") ? "app/main/1/targetgroup/${each.value.group}/2" : null
    }
  }
}

resource "aws_placement_group" "this" {
  for_each        = toset([for name, g in var.groups : name if g.max > 20])
  name            = each.key
  strategy        = "partition"
  partition_count = 3
}

resource "aws_spot_fleet_request" "this" {
  iam_fleet_role  = "arn:aws:iam::111122223333:role/fleet"
  target_capacity = 4
  dynamic "launch_specification" {
    for_each = flatten([for name, g in var.groups : g.types])
    content {
      ami           = "ami-0123456789abcdef0"
      instance_type = launch_specification.value
      tags          = { Type = split(".", launch_specification.value)[0] }
    }
  }
}
