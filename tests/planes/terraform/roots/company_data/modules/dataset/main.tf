terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.backup]
    }
  }
}

variable "name" {}
variable "identifier" {}
variable "database" {}

variable "settings" {
  type = object({
    retention  = optional(number)
    format     = optional(string, "raw")
    partitions = optional(list(string), [])
    encryption = optional(bool, true)
    columns    = optional(map(string), {})
  })
}

variable "backup" {
  type = object({ enabled = bool, region = string, days = number })
}

variable "readers" {
  type    = any
  default = []
}

variable "writers" {
  type    = set(string)
  default = []
}

variable "schema" {
  type    = any
  default = null
}

locals {
  serde = {
    parquet = { lib = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", in = "MapredParquetInputFormat" }
    json    = { lib = "org.openx.data.jsonserde.JsonSerDe", in = "TextInputFormat", params = { "ignore.malformed.json" = true } }
  }
  here    = lookup(local.serde, var.settings.format, null)
  readers = distinct(flatten([var.readers]))
  prefix  = join("/", concat([var.name], [for p in var.settings.partitions : "${p}=*"]))
}

resource "aws_s3_bucket" "this" {
  bucket = lower(var.identifier)
}

resource "aws_s3_bucket" "backup" {
  count    = var.backup.enabled ? 1 : 0
  provider = aws.backup
  bucket   = "${lower(var.identifier)}-backup"
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count  = var.settings.retention == null ? 0 : 1
  bucket = aws_s3_bucket.this.bucket
  rule {
    id     = "expire"
    status = "Enabled"
    filter {
      prefix = "${var.name}/"
    }
    expiration {
      days = var.settings.retention
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = var.settings.encryption ? { (var.name) = "AES256" } : {}
  bucket   = aws_s3_bucket.this.bucket
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = each.value
    }
  }
}

resource "aws_glue_catalog_table" "this" {
  count         = length(var.settings.columns) > 0 ? 1 : 0
  name          = var.name
  database_name = var.database
  table_type    = "EXTERNAL_TABLE"
  parameters = merge(
    { EXTERNAL = "TRUE", classification = var.settings.format },
    var.schema == null ? {} : { "avro.schema.literal" = jsonencode(var.schema) },
  )

  dynamic "partition_keys" {
    for_each = var.settings.partitions
    content {
      name = partition_keys.value
      type = contains(["year", "month", "day"], partition_keys.value) ? "int" : "string"
    }
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.this.bucket}/${var.name}/"
    input_format  = try("org.apache.hadoop.mapred.${local.here.in}", null)
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    dynamic "ser_de_info" {
      for_each = local.here[*]
      content {
        name                  = var.settings.format
        serialization_library = ser_de_info.value.lib
        parameters            = lookup(ser_de_info.value, "params", null)
      }
    }

    dynamic "columns" {
      for_each = [for n in sort(keys(var.settings.columns)) : { name = n, type = var.settings.columns[n] }]
      iterator = column
      content {
        name    = column.value.name
        type    = column.value.type
        comment = column.key == 0 ? "key" : ""
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.bucket
  policy = data.aws_iam_policy_document.this.json
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = length(local.readers) > 0 ? [1] : []
    content {
      sid       = "Read"
      actions   = ["s3:GetObject", "s3:ListBucket"]
      resources = formatlist("arn:aws:s3:::%s%s", lower(var.identifier), ["", "/*"])
      principals {
        type        = "AWS"
        identifiers = [for r in local.readers : "arn:aws:iam::111122223333:role/${r}"]
      }
    }
  }
  dynamic "statement" {
    for_each = var.writers
    content {
      sid       = "Write${join("", [for part in split("-", statement.value) : title(part)])}"
      actions   = ["s3:PutObject"]
      resources = ["arn:aws:s3:::${lower(var.identifier)}/*"]
      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::111122223333:role/${statement.key}"]
      }
    }
  }
}

output "bucket" { value = aws_s3_bucket.this.bucket }
output "prefix" { value = local.prefix }
output "table" { value = try(aws_glue_catalog_table.this[0].name, null) }
