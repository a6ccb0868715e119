resource "aws_s3_bucket" "full" {
  bucket        = "agreement-full"
  force_destroy = true
  tags          = { Name = "full" }
}

resource "aws_s3_bucket" "plain" {
  bucket = "agreement-plain"
}

resource "aws_s3_bucket" "locked" {
  bucket              = "agreement-locked"
  object_lock_enabled = true
}

resource "aws_s3_bucket_object_lock_configuration" "locked" {
  bucket = aws_s3_bucket.locked.id
  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = 5
    }
  }
}

resource "aws_s3_bucket_policy" "full" {
  bucket = aws_s3_bucket.full.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TakesLogs"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "${aws_s3_bucket.full.arn}/*"
    }]
  })
}

resource "aws_s3_bucket_public_access_block" "full" {
  bucket                  = aws_s3_bucket.full.id
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = false
}

resource "aws_s3_bucket_ownership_controls" "full" {
  bucket = aws_s3_bucket.full.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "full" {
  bucket     = aws_s3_bucket.full.id
  acl        = "log-delivery-write"
  depends_on = [aws_s3_bucket_ownership_controls.full]
}

resource "aws_s3_bucket_versioning" "full" {
  bucket = aws_s3_bucket.full.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_versioning" "plain" {
  bucket = aws_s3_bucket.plain.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_kms_key" "data" {
  description = "of the agreement"
}

resource "aws_s3_bucket_cors_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  cors_rule {
    id              = "app"
    allowed_headers = ["*"]
    allowed_methods = ["PUT", "GET"]
    allowed_origins = ["https://app.example.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  rule {
    id     = "logs"
    status = "Enabled"
    filter {
      prefix = "logs/"
    }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    expiration {
      days = 365
    }
    noncurrent_version_expiration {
      noncurrent_days = 30
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
  rule {
    id     = "old"
    status = "Disabled"
    filter {
      prefix = "old/"
    }
    expiration {
      days = 1
    }
  }
}

resource "aws_s3_bucket_logging" "full" {
  bucket        = aws_s3_bucket.plain.id
  target_bucket = aws_s3_bucket.full.id
  target_prefix = "access/"
  depends_on    = [aws_s3_bucket_policy.full, aws_s3_bucket_acl.full]
}

resource "aws_s3_bucket_website_configuration" "plain" {
  bucket = aws_s3_bucket.plain.id
  index_document {
    suffix = "index.html"
  }
  error_document {
    key = "error.html"
  }
  routing_rule {
    condition {
      key_prefix_equals = "docs/"
    }
    redirect {
      replace_key_prefix_with = "documents/"
    }
  }
}

resource "aws_s3_bucket_notification" "full" {
  bucket = aws_s3_bucket.full.id
  topic {
    id            = "made"
    topic_arn     = aws_sns_topic.files.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "in/"
    filter_suffix = ".csv"
  }
}

resource "aws_sns_topic" "files" {
  name = "files"
}

resource "aws_sns_topic_policy" "files" {
  arn = aws_sns_topic.files.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "s3.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.files.arn }]
  })
}

resource "aws_s3_bucket_replication_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  role   = aws_iam_role.service.arn
  rule {
    id       = "copy"
    status   = "Enabled"
    priority = 1
    filter {
      prefix = "in/"
    }
    delete_marker_replication {
      status = "Disabled"
    }
    destination {
      bucket        = aws_s3_bucket.plain.arn
      storage_class = "STANDARD"
    }
  }
  depends_on = [aws_s3_bucket_versioning.full, aws_s3_bucket_versioning.plain]
}

resource "aws_s3_bucket_accelerate_configuration" "full" {
  bucket = aws_s3_bucket.full.id
  status = "Enabled"
}
