# Items: S3 in all its parts by nested dynamic blocks over objects in lists, file systems, backups; null and empty arguments.
provider "aws" {
  region = "eu-west-2"
}

variable "buckets" {
  type = map(object({
    versioned = optional(bool, true)
    public    = optional(bool, false)
    kms       = optional(string)
    website   = optional(object({ index = string, error = optional(string), redirects = optional(map(string), {}) }))
    rules = optional(list(object({
      id          = string
      enabled     = optional(bool, true)
      prefix      = optional(string)
      tags        = optional(map(string))
      expire      = optional(number)
      transitions = optional(list(object({ days = number, class = string })), [])
      noncurrent  = optional(object({ days = number, versions = optional(number) }))
    })), [])
    cors    = optional(list(object({ origins = set(string), methods = optional(list(string), ["GET"]), age = optional(number) })), [])
    notify  = optional(map(object({ queue = string, events = optional(list(string), ["s3:ObjectCreated:*"]), suffix = optional(string) })), {})
    replica = optional(object({ bucket = string, prefixes = list(string) }))
  }))
  default = {
    assets = {
      public  = true
      website = { index = "index.html", error = "404.html", redirects = { "old/" = "new/", "docs/" = "https/" } }
      cors    = [{ origins = ["https://b.example", "https://a.example"], age = 600 }, { origins = ["*"], methods = ["PUT", "POST"] }]
    }
    logs = {
      versioned = false
      rules = [
        { id = "expire", expire = 90, transitions = [{ days = 30, class = "STANDARD_IA" }, { days = 60, class = "GLACIER" }] },
        { id = "tagged", prefix = "tmp/", tags = { temp = "yes", kind = "scratch" }, expire = 1 },
        { id = "off", enabled = false, noncurrent = { days = 7, versions = 3 } },
      ]
    }
    data = {
      kms     = "arn:aws:kms:eu-west-2:111122223333:key/abc"
      notify  = { csv = { queue = "arn:aws:sqs:eu-west-2:111122223333:csv", suffix = ".csv" } }
      replica = { bucket = "arn:aws:s3:::data-replica", prefixes = ["a/", "b/"] }
    }
  }
}

locals {
  with = {
    rules   = { for name, b in var.buckets : name => b.rules if length(b.rules) > 0 }
    cors    = { for name, b in var.buckets : name => b.cors if try(length(b.cors), 0) != 0 }
    website = { for name, b in var.buckets : name => b.website if b.website != null }
    notify  = { for name, b in var.buckets : name => b.notify if b.notify != {} && length(keys(b.notify)) > 0 }
    replica = { for name, b in var.buckets : name => b.replica if b.replica != null }
  }
}

resource "aws_s3_bucket" "this" {
  for_each      = var.buckets
  bucket        = "acme-${each.key}"
  force_destroy = !each.value.versioned
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.bucket
  versioning_configuration {
    status = var.buckets[each.key].versioned ? "Enabled" : "Suspended"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = var.buckets
  bucket                  = aws_s3_bucket.this[each.key].bucket
  block_public_acls       = !each.value.public
  block_public_policy     = !each.value.public
  ignore_public_acls      = true
  restrict_public_buckets = each.value.public ? false : true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = var.buckets
  bucket   = aws_s3_bucket.this[each.key].bucket
  rule {
    bucket_key_enabled = each.value.kms != null
    apply_server_side_encryption_by_default {
      sse_algorithm     = each.value.kms == null ? "AES256" : "aws:kms"
      kms_master_key_id = each.value.kms
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.with.rules
  bucket   = aws_s3_bucket.this[each.key].bucket
  dynamic "rule" {
    for_each = each.value
    content {
      id     = rule.value.id
      status = rule.value.enabled ? "Enabled" : "Disabled"
      dynamic "filter" {
        for_each = rule.value.tags == null ? [rule.value.prefix] : []
        content {
          prefix = coalesce(filter.value, "/")
        }
      }
      dynamic "filter" {
        for_each = rule.value.tags[*]
        content {
          and {
            prefix = rule.value.prefix
            tags   = filter.value
          }
        }
      }
      dynamic "expiration" {
        for_each = rule.value.expire[*]
        content {
          days = expiration.value
        }
      }
      dynamic "transition" {
        for_each = { for i, t in rule.value.transitions : format("%03d", t.days) => t }
        content {
          days          = transition.value.days
          storage_class = transition.value.class
        }
      }
      dynamic "noncurrent_version_expiration" {
        for_each = rule.value.noncurrent == null ? {} : { only = rule.value.noncurrent }
        iterator = old
        content {
          noncurrent_days           = old.value.days
          newer_noncurrent_versions = old.value.versions
        }
      }
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "this" {
  for_each = local.with.cors
  bucket   = aws_s3_bucket.this[each.key].bucket
  dynamic "cors_rule" {
    for_each = each.value
    content {
      allowed_headers = ["*"]
      allowed_methods = cors_rule.value.methods
      allowed_origins = cors_rule.value.origins
      max_age_seconds = cors_rule.value.age
    }
  }
}

resource "aws_s3_bucket_website_configuration" "this" {
  for_each = local.with.website
  bucket   = aws_s3_bucket.this[each.key].bucket
  index_document {
    suffix = each.value.index
  }
  dynamic "error_document" {
    for_each = compact([each.value.error])
    content {
      key = error_document.value
    }
  }
  dynamic "routing_rule" {
    for_each = each.value.redirects
    iterator = move
    content {
      condition {
        key_prefix_equals = move.key
      }
      redirect {
        replace_key_prefix_with = move.value
        http_redirect_code      = "301"
      }
    }
  }
}

resource "aws_s3_bucket_notification" "this" {
  for_each = local.with.notify
  bucket   = aws_s3_bucket.this[each.key].bucket
  dynamic "queue" {
    for_each = each.value
    content {
      id            = queue.key
      queue_arn     = queue.value.queue
      events        = queue.value.events
      filter_suffix = queue.value.suffix
    }
  }
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.with.replica
  bucket   = aws_s3_bucket.this[each.key].bucket
  role     = "arn:aws:iam::111122223333:role/replication"
  dynamic "rule" {
    for_each = each.value.prefixes
    content {
      id       = "copy-${replace(rule.value, "/", "")}"
      priority = rule.key
      status   = "Enabled"
      filter {
        prefix = rule.value
      }
      delete_marker_replication {
        status = "Disabled"
      }
      destination {
        bucket        = each.value.bucket
        storage_class = "STANDARD"
      }
    }
  }
}

resource "aws_s3_object" "config" {
  for_each = {
    for pair in flatten([for name, b in local.with.website : [for from, to in b.redirects : { key = "${name}/${from}", body = to }]]) :
    pair.key => pair.body
  }
  bucket       = "acme-assets"
  key          = "redirects/${each.key}.txt"
  content      = each.value
  content_type = "text/plain"
}

resource "aws_efs_file_system" "shared" {
  creation_token                  = "shared"
  encrypted                       = true
  throughput_mode                 = "provisioned"
  provisioned_throughput_in_mibps = 12.5
  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }
  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }
}

resource "aws_efs_access_point" "shared" {
  for_each       = { app = 1000, jobs = 2000 }
  file_system_id = aws_efs_file_system.shared.id
  posix_user {
    uid            = each.value
    gid            = each.value
    secondary_gids = [each.value + 1, each.value + 2]
  }
  root_directory {
    path = "/${each.key}"
    creation_info {
      owner_uid   = each.value
      owner_gid   = each.value
      permissions = "0750"
    }
  }
}

resource "aws_efs_mount_target" "shared" {
  count           = 2
  file_system_id  = aws_efs_file_system.shared.id
  subnet_id       = "subnet-${count.index}"
  security_groups = ["sg-b", "sg-a"]
}

resource "aws_fsx_lustre_file_system" "scratch" {
  storage_capacity = 1200
  subnet_ids       = ["subnet-0"]
  deployment_type  = "SCRATCH_2"
}

resource "aws_backup_vault" "this" {
  name = "main"
}

resource "aws_backup_plan" "this" {
  name = "daily"
  dynamic "rule" {
    for_each = {
      daily  = { schedule = "cron(0 5 ? * * *)", keep = 35 }
      weekly = { schedule = "cron(0 6 ? * 1 *)", keep = 365, cold = 30 }
    }
    content {
      rule_name         = rule.key
      target_vault_name = aws_backup_vault.this.name
      schedule          = rule.value.schedule
      start_window      = 60
      lifecycle {
        delete_after       = rule.value.keep
        cold_storage_after = try(rule.value.cold, null)
      }
    }
  }
}

resource "aws_backup_selection" "this" {
  name         = "tagged"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = "arn:aws:iam::111122223333:role/backup"
  resources    = [for b in aws_s3_bucket.this : "arn:aws:s3:::${b.bucket}"]
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "backup"
    value = "yes"
  }
}

resource "aws_ebs_volume" "this" {
  for_each          = { a = "gp3", b = "io2" }
  availability_zone = "eu-west-2${each.key}"
  size              = each.value == "io2" ? 100 : 20
  type              = each.value
  iops              = each.value == "io2" ? 4000 : null
  encrypted         = true
}
