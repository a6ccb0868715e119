output "zone_id" {
  description = "Id of the hosted zone."
  value       = aws_route53_zone.this.zone_id
}

output "name_servers" {
  description = "Name servers to enter at the registrar."
  value       = aws_route53_zone.this.name_servers
}

output "api_host" {
  description = "Host name of the API."
  value       = local.api_host
}

output "certificate_arn" {
  description = "Certificate of the API, once it is validated."
  value       = aws_acm_certificate_validation.api.certificate_arn
}
