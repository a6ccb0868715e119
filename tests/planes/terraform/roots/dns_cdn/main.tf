# Items: records from CSV files, certificate validation by for_each over options, distributions with behaviours in order.
provider "aws" {
  region = "us-east-1"
}

variable "domains" {
  type    = map(list(string))
  default = { "example.com" = ["www", "api", "*.dev"], "example.net" = [] }
}

variable "origins" {
  type = list(object({
    id      = string
    domain  = string
    type    = optional(string, "s3")
    headers = optional(map(string), {})
    shield  = optional(string)
  }))
  default = [
    { id = "site", domain = "site.s3.amazonaws.com" },
    { id = "api", domain = "api.internal.example.com", type = "custom", headers = { "X-Origin" = "cf", "X-Key" = "k" }, shield = "us-east-1" },
  ]
}

variable "behaviors" {
  type    = any
  default = [{ path = "/api/*", origin = "api", cache = false, methods = "all" }, { path = "/static/*", origin = "site" }, { path = "*.png", origin = "site", ttl = 86400 }]
}

locals {
  rows    = flatten([for f in fileset("${path.module}/records", "*.csv") : [for r in csvdecode(file("${path.module}/records/${f}")) : merge(r, { zone = trimsuffix(f, ".csv") })]])
  grouped = { for r in local.rows : "${r.zone} ${r.type} ${r.name}" => r... }
  methods = { read = ["GET", "HEAD"], all = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] }
  names   = { for domain, subs in var.domains : domain => [for s in subs : "${s}.${domain}"] }
}

resource "aws_route53_zone" "this" {
  for_each = var.domains
  name     = each.key
  comment  = "${length(each.value)} names"
}

resource "aws_route53_record" "csv" {
  for_each = local.grouped
  zone_id  = aws_route53_zone.this[each.value[0].zone].zone_id
  name     = each.value[0].name == "@" ? each.value[0].zone : "${each.value[0].name}.${each.value[0].zone}"
  type     = each.value[0].type
  ttl      = try(tonumber(each.value[0].ttl), 300)
  records  = [for r in each.value : r.type == "TXT" ? replace(r.value, "\"", "") : r.value]
}

resource "aws_acm_certificate" "this" {
  for_each                  = var.domains
  domain_name               = each.key
  subject_alternative_names = local.names[each.key]
  validation_method         = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.this["example.com"].domain_validation_options : option.domain_name => {
      name   = option.resource_record_name
      record = option.resource_record_value
      type   = option.resource_record_type
    }
  }
  zone_id         = aws_route53_zone.this["example.com"].zone_id
  name            = each.value.name
  type            = each.value.type
  records         = [each.value.record]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this["example.com"].arn
  validation_record_fqdns = [for r in aws_route53_record.validation : r.fqdn]
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = "site"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_cache_policy" "this" {
  for_each    = { short = 60, long = 86400 * 30 }
  name        = each.key
  default_ttl = each.value
  max_ttl     = each.value * 2
  min_ttl     = 1
  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_gzip = true
    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = each.key == "short" ? "whitelist" : "none"
      dynamic "headers" {
        for_each = each.key == "short" ? [["Origin", "Accept"]] : []
        content {
          items = headers.value
        }
      }
    }
    query_strings_config {
      query_string_behavior = "whitelist"
      query_strings {
        items = ["v", "lang"]
      }
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "this" {
  name = "secure"
  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
      preload                    = true
    }
    content_type_options {
      override = true
    }
    frame_options {
      frame_option = "DENY"
      override     = false
    }
  }
  custom_headers_config {
    dynamic "items" {
      for_each = { "X-Served-By" = "cdn", "X-Env" = "prod" }
      content {
        header   = items.key
        value    = items.value
        override = true
      }
    }
  }
}

resource "aws_cloudfront_function" "rewrite" {
  name    = "rewrite"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = <<-EOT
    function handler(event) {
      var request = event.request;
      if (request.uri.endsWith('/')) { request.uri += 'index.html'; }
      request.headers['x-host'] = { value: "$${host}" };
      return request;
    }
  EOT
}

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  is_ipv6_enabled     = true
  comment             = join(" ", keys(var.domains))
  default_root_object = "index.html"
  price_class         = "PriceClass_100"
  aliases             = concat(["example.com"], [for n in local.names["example.com"] : n if !startswith(n, "*")])

  dynamic "origin" {
    for_each = { for o in var.origins : o.id => o }
    content {
      origin_id                = origin.key
      domain_name              = origin.value.domain
      origin_access_control_id = origin.value.type == "s3" ? aws_cloudfront_origin_access_control.this.id : null
      dynamic "custom_origin_config" {
        for_each = origin.value.type == "custom" ? [1] : []
        content {
          http_port              = 80
          https_port             = 443
          origin_protocol_policy = "https-only"
          origin_ssl_protocols   = ["TLSv1.2"]
        }
      }
      dynamic "custom_header" {
        for_each = origin.value.headers
        content {
          name  = custom_header.key
          value = custom_header.value
        }
      }
      dynamic "origin_shield" {
        for_each = origin.value.shield[*]
        content {
          enabled              = true
          origin_shield_region = origin_shield.value
        }
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = var.origins[0].id
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = local.methods.read
    cached_methods             = local.methods.read
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.this["long"].id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.rewrite.arn
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = var.behaviors
    iterator = behavior
    content {
      path_pattern           = behavior.value.path
      target_origin_id       = behavior.value.origin
      viewer_protocol_policy = "https-only"
      allowed_methods        = local.methods[lookup(behavior.value, "methods", "read")]
      cached_methods         = local.methods["read"]
      compress               = try(behavior.value.cache, true)
      min_ttl                = 0
      default_ttl            = try(behavior.value.cache, true) ? try(behavior.value.ttl, 3600) : 0
      max_ttl                = try(behavior.value.cache, true) ? max(try(behavior.value.ttl, 0), 86400) : 0
      forwarded_values {
        query_string = !try(behavior.value.cache, true)
        headers      = try(behavior.value.cache, true) ? null : ["Authorization", "Host"]
        cookies {
          forward = try(behavior.value.cache, true) ? "none" : "all"
        }
      }
    }
  }

  dynamic "custom_error_response" {
    for_each = { 403 = "/index.html", 404 = "/404.html" }
    content {
      error_code            = custom_error_response.key
      response_code         = custom_error_response.key == "403" ? 200 : 404
      response_page_path    = custom_error_response.value
      error_caching_min_ttl = 10
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = ["US", "KR", "DE"]
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.this.certificate_arn
    minimum_protocol_version = "TLSv1.2_2021"
    ssl_support_method       = "sni-only"
  }
}

resource "aws_route53_health_check" "this" {
  fqdn              = "api.example.com"
  port              = "443"
  type              = "HTTPS"
  resource_path     = "/health"
  failure_threshold = 3
  request_interval  = 30
}
