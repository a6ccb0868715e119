locals {
  ecs_dimensions = ["ClusterName", var.cluster_name, "ServiceName", var.service_name]
  first_cache    = try(var.cache_clusters[0], "none")

  # title → its lines: each a metric with its dimensions
  graphs = {
    "ECS CPU and memory" = [
      concat(["AWS/ECS", "CPUUtilization"], local.ecs_dimensions),
      concat(["AWS/ECS", "MemoryUtilization"], local.ecs_dimensions),
    ]
    "RDS connections and memory" = [
      ["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", var.database_identifier],
      ["AWS/RDS", "FreeableMemory", "DBInstanceIdentifier", var.database_identifier],
    ]
    "Redis hit rate and memory" = [
      ["AWS/ElastiCache", "CacheHitRate", "CacheClusterId", local.first_cache],
      ["AWS/ElastiCache", "DatabaseMemoryUsagePercentage", "CacheClusterId", local.first_cache],
    ]
    "ALB requests and response time" = [
      ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", var.load_balancer],
      ["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer],
    ]
    "NAT network traffic" = [
      ["AWS/EC2", "NetworkIn", "AutoScalingGroupName", var.nat_autoscaling_group],
      ["AWS/EC2", "NetworkOut", "AutoScalingGroupName", var.nat_autoscaling_group],
    ]
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name_prefix

  dashboard_body = jsonencode({
    widgets = [
      for index, title in keys(local.graphs) : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          title   = title
          region  = var.aws_region
          stat    = "Average"
          period  = 300
          metrics = local.graphs[title]
        }
      }
    ]
  })
}
