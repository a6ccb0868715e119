locals {
  name_prefix = "${var.project}-${var.environment}"

  tags = merge({
    Project     = var.project
    Environment = var.environment
    ManagedBy   = "terraform"
  }, var.extra_tags)

  container_port    = 3001
  files_bucket_name = coalesce(var.files_bucket_name, "${var.project}-files-${var.environment}")

  # made once by hand with the CLI; only their names are known here
  secret_names = {
    for variable, suffix in {
      JWT_SECRET       = "jwt-secret"
      DB_PASSWORD      = "db-password"
      REDIS_AUTH_TOKEN = "redis-auth-token"
    } : variable => "${local.name_prefix}-${suffix}"
  }

  capacity_providers = {
    FARGATE      = { weight = 100 - var.ecs.spot_weight, base = 0 }
    FARGATE_SPOT = { weight = var.ecs.spot_weight, base = 0 }
  }
}
