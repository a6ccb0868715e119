# The account of the demonstration; no real one.
aws_account_id = "123456789012"

domain_name = "glimpse.contact"

network = {
  cidr               = "10.0.0.0/16"
  availability_zones = ["ap-northeast-2a", "ap-northeast-2c"]
  single_nat_gateway = true
}

ecs = {
  service_name  = "glimpse-api"
  task_cpu      = "256"
  task_memory   = "1024" # planted: ecs-task-memory
  desired_count = 2
  min_capacity  = 2
  max_capacity  = 20
}

cdn_behaviors = [
  { path = "/profiles/*", days = 7 },
  { path = "/groups/*", days = 14 },
  { path = "/chat/*", days = 1 },
]

db_instance_class = "db.t4g.small"    # planted: rds-class
redis_node_type   = "cache.t4g.small" # planted: redis-node

enable_api_gateway = true
alarm_emails       = ["ops@glimpse.contact"]

# Placeholders of the first apply, good for nothing afterwards: the values in use are secrets made by hand.
db_password      = "placeholder-rotate-after-first-apply"
redis_auth_token = "placeholder-rotate-after-first-apply"
