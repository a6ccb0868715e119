# dynamic blocks, nested, with iterators, conditions and unknown collections.
provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = {
      Project = "dynamic"
      Stage   = "test"
    }
  }
}

variable "rules" {
  type = list(object({
    description = optional(string, "none")
    port        = number
    to          = optional(number)
    cidrs       = optional(list(string), ["10.0.0.0/8"])
    self        = optional(bool)
  }))
  default = [
    { port = 443, cidrs = ["0.0.0.0/0"], description = "https" },
    { port = 8000, to = 8100 },
  ]
}

variable "behaviors" {
  default = {
    api   = { path = "/api/*", methods = ["GET", "POST"], functions = [{ event = "viewer-request" }] }
    asset = { path = "/static/*", methods = ["GET"], functions = [] }
  }
}

resource "aws_security_group" "this" {
  name = "dynamic"
  tags = { Name = "sg", Stage = "override" }

  ingress {
    description = "static"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }

  dynamic "ingress" {
    for_each = var.rules
    iterator = rule
    content {
      description = rule.value.description
      from_port   = rule.value.port
      to_port     = coalesce(rule.value.to, rule.value.port)
      protocol    = "tcp"
      cidr_blocks = rule.value.cidrs
      self        = rule.value.self
    }
  }

  dynamic "egress" {
    for_each = length(var.rules) > 1 ? [1] : []
    content {
      from_port   = 0
      to_port     = 0
      protocol    = "-1"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_cloudfront_distribution" "this" {
  enabled = true

  origin {
    domain_name = "example.com"
    origin_id   = "site"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  dynamic "ordered_cache_behavior" {
    for_each = var.behaviors
    content {
      path_pattern           = ordered_cache_behavior.value.path
      target_origin_id       = "site"
      viewer_protocol_policy = "https-only"
      allowed_methods        = concat(ordered_cache_behavior.value.methods, ["HEAD"])
      cached_methods         = ["GET", "HEAD"]
      cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"

      dynamic "function_association" {
        for_each = { for i, f in ordered_cache_behavior.value.functions : tostring(i) => f }
        content {
          event_type   = function_association.value.event
          function_arn = "arn:aws:cloudfront::111111111111:function/${ordered_cache_behavior.key}-${function_association.key}"
        }
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "whitelist"
      locations        = ["KR"]
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

resource "aws_eip" "unknown" {
  domain = "vpc"
}

resource "aws_security_group" "open" {
  name = "open"
  ingress {
    from_port   = 1
    to_port     = 1
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  dynamic "ingress" {
    for_each = aws_eip.unknown.public_ip == "x" ? [2] : []
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["${aws_eip.unknown.public_ip}/32"]
    }
  }
}

resource "aws_instance" "block" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  user_data     = <<-EOT
    #!/bin/bash
    echo ${join(",", [for b in keys(var.behaviors) : upper(b)])}
  EOT

  root_block_device {
    volume_size = 8
    volume_type = "gp3"
  }

  lifecycle {
    ignore_changes = [ami, tags["Name"], root_block_device[0].volume_size]
  }
}

output "size" {
  value = aws_instance.block.root_block_device[0].volume_size
}

resource "terraform_data" "size" {
  input = aws_instance.block.root_block_device[0].volume_size + 1
}
