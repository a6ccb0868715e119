variable "domain_name" {}
variable "subject_alternative_names" {
  type    = list(string)
  default = []
}

locals {
  distinct_names    = distinct([for s in concat([var.domain_name], var.subject_alternative_names) : replace(s, "*.", "")])
  validation_names  = distinct([for v in aws_acm_certificate.this[0].domain_validation_options : replace(v.domain_name, "*.", "")])
}

resource "aws_acm_certificate" "this" {
  count                     = 1
  domain_name               = var.domain_name
  subject_alternative_names = var.subject_alternative_names
  validation_method         = "DNS"
  options {
    certificate_transparency_logging_preference = "ENABLED"
  }
}

resource "aws_route53_record" "validation" {
  count           = length(local.distinct_names)
  zone_id         = "Z123"
  name            = element([for v in aws_acm_certificate.this[0].domain_validation_options : v.resource_record_name], count.index)
  type            = element([for v in aws_acm_certificate.this[0].domain_validation_options : v.resource_record_type], count.index)
  ttl             = 60
  records         = [element([for v in aws_acm_certificate.this[0].domain_validation_options : v.resource_record_value], count.index)]
  allow_overwrite = true
}

output "names" { value = local.distinct_names }
