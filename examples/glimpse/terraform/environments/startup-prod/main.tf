module "networking" {
  source = "../../modules/networking"

  name_prefix        = local.name_prefix
  vpc_cidr           = var.network.cidr
  availability_zones = var.network.availability_zones
  single_nat_gateway = var.network.single_nat_gateway
  nat_instance_type  = var.network.nat_instance_type
  nat_volume_size    = var.network.nat_volume_size
}

module "dns" {
  source = "../../modules/dns"

  name_prefix = local.name_prefix
  domain_name = var.domain_name
}

module "alb" {
  source = "../../modules/alb"

  name_prefix     = local.name_prefix
  vpc_id          = module.networking.vpc_id
  vpc_cidr        = var.network.cidr
  subnet_ids      = module.networking.public_subnet_ids
  certificate_arn = module.dns.certificate_arn
  target_port     = local.container_port
}

module "ecs" {
  source = "../../modules/ecs"

  name_prefix           = local.name_prefix
  service_name          = var.ecs.service_name
  aws_region            = var.aws_region
  aws_account_id        = var.aws_account_id
  vpc_id                = module.networking.vpc_id
  vpc_cidr              = var.network.cidr
  subnet_ids            = module.networking.private_subnet_ids
  alb_security_group_id = module.alb.security_group_id
  target_group_arn      = module.alb.target_group_arn
  container_port        = local.container_port

  task_cpu           = var.ecs.task_cpu
  task_memory        = var.ecs.task_memory
  desired_count      = var.ecs.desired_count
  min_capacity       = var.ecs.min_capacity
  max_capacity       = var.ecs.max_capacity
  capacity_providers = local.capacity_providers
  target_tracking    = { ECSServiceAverageCPUUtilization = var.ecs.cpu_target }

  files_bucket_name = local.files_bucket_name
  secrets           = local.secret_names

  environment = {
    S3_BUCKET_NAME    = local.files_bucket_name
    CLOUDFRONT_DOMAIN = "https://${module.cdn.domain_name}"
  }
}

module "rds" {
  source = "../../modules/rds"

  name_prefix               = local.name_prefix
  vpc_id                    = module.networking.vpc_id
  subnet_ids                = module.networking.data_subnet_ids
  client_security_group_ids = { tasks = module.ecs.security_group_id }

  instance_class          = var.db_instance_class
  allocated_storage       = var.db_allocated_storage
  backup_retention_period = var.db_backup_retention_period
  database_name           = var.project
  username                = "${var.project}_admin"
  password                = var.db_password
}

module "elasticache" {
  source = "../../modules/elasticache"

  name_prefix              = local.name_prefix
  vpc_id                   = module.networking.vpc_id
  subnet_ids               = module.networking.data_subnet_ids
  client_security_group_id = module.ecs.security_group_id

  node_type       = var.redis_node_type
  num_cache_nodes = 1
  auth_token      = var.redis_auth_token
}

module "s3" {
  source = "../../modules/s3"

  bucket_name          = local.files_bucket_name
  cors_allowed_origins = ["https://${var.domain_name}", "https://www.${var.domain_name}"]

  lifecycle_rules = {
    old-versions      = { expire_noncurrent = 30 }
    stale-uploads     = { prefix = "uploads/", expire_noncurrent = 7, abort_uploads_after = 1 }
    forgotten-exports = { prefix = "exports/", expire_after = 14 }
  }
}

module "cdn" {
  source = "../../modules/cdn"

  name_prefix                 = local.name_prefix
  bucket_id                   = module.s3.bucket_id
  bucket_arn                  = module.s3.bucket_arn
  bucket_regional_domain_name = module.s3.bucket_regional_domain_name
  allowed_countries           = var.cdn_allowed_countries
  behaviors                   = var.cdn_behaviors
}

module "cognito" {
  source = "../../modules/cognito"

  name_prefix = local.name_prefix

  clients = {
    mobile = {}
    server = { secret = true, auth_flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }
  }

  groups = {
    admin  = "Runs the service"
    member = "Uses the service"
  }
}

module "api_gateway" {
  source = "../../modules/api-gateway"
  count  = var.enable_api_gateway ? 1 : 0

  name_prefix  = local.name_prefix
  vpc_id       = module.networking.vpc_id
  subnet_ids   = module.networking.private_subnet_ids
  listener_arn = module.alb.listener_arn
  server_name  = module.dns.api_host
}

module "monitoring" {
  source = "../../modules/monitoring"

  name_prefix           = local.name_prefix
  aws_region            = var.aws_region
  alarm_emails          = var.alarm_emails
  cluster_name          = module.ecs.cluster_name
  service_name          = module.ecs.service_name
  database_identifier   = module.rds.identifier
  cache_clusters        = module.elasticache.member_clusters
  load_balancer         = module.alb.arn_suffix
  nat_autoscaling_group = module.networking.nat_autoscaling_group_name
}

resource "aws_route53_record" "api" {
  zone_id = module.dns.zone_id
  name    = module.dns.api_host
  type    = "A"

  alias {
    name                   = module.alb.dns_name
    zone_id                = module.alb.zone_id
    evaluate_target_health = true
  }
}
