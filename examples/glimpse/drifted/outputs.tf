output "cloudfront_domain_name" {
  description = "Host name files are served from."
  value       = module.cdn.domain_name
}

output "cloudfront_distribution_id" {
  description = "Distribution to invalidate."
  value       = module.cdn.distribution_id
}

output "api_url" {
  description = "Address of the API."
  value       = "https://${module.dns.api_host}"
}

output "http_api_endpoint" {
  description = "Address of the API gateway, if there is one."
  value       = one(module.api_gateway[*].api_endpoint)
}

output "ecr_repository_url" {
  description = "Where images are pushed to."
  value       = module.ecs.repository_url
}

output "database_address" {
  description = "Host name of the database."
  value       = module.rds.address
  sensitive   = true
}

output "redis_endpoint" {
  description = "Host name of the cache."
  value       = module.elasticache.primary_endpoint
}

output "user_pool_id" {
  description = "Cognito user pool."
  value       = module.cognito.user_pool_id
}
