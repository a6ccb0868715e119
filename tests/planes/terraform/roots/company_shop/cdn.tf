resource "aws_cloudfront_distribution" "media" {
  enabled     = true
  aliases     = ["cdn.${local.domain[var.environment]}"]
  comment     = "Media of ${title(var.project)}"
  price_class = local.is_prod ? "PriceClass_200" : "PriceClass_100"

  origin {
    domain_name = "${aws_s3_bucket.media.bucket}.s3.${var.region}.amazonaws.com"
    origin_id   = "media"

    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.media.cloudfront_access_identity_path
    }
  }

  origin {
    domain_name = aws_lb.main.dns_name
    origin_id   = "alb"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD", "OPTIONS"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "media"
    viewer_protocol_policy = "redirect-to-https"
    default_ttl            = 60 * 60 * 24
    max_ttl                = 60 * 60 * 24 * 365
    min_ttl                = 0

    forwarded_values {
      query_string = false
      cookies {
        forward = "none"
      }
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = { for name, s in local.routed : name => s if name != "storefront" }
    content {
      path_pattern           = ordered_cache_behavior.value.path[0]
      allowed_methods        = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods         = ["GET", "HEAD"]
      target_origin_id       = "alb"
      viewer_protocol_policy = "https-only"
      forwarded_values {
        query_string = true
        headers      = ["*"]
        cookies {
          forward = "all"
        }
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate.cdn.arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_cloudfront_origin_access_identity" "media" {
  comment = local.name
}
