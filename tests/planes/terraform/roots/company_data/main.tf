module "dataset" {
  source   = "./modules/dataset"
  for_each = local.datasets
  providers = {
    aws        = aws
    aws.backup = aws.backup
  }

  name       = each.key
  settings   = each.value
  backup     = local.settings.backup
  readers    = [for entry, roles in local.by_dataset : roles if entry == "${each.key}:read"]
  writers    = distinct(concat(try(each.value.writers, []), flatten([for entry, roles in local.by_dataset : roles if entry == "${each.key}:write"])))
  schema     = lookup(local.schemas, each.key, null)
  database   = aws_glue_catalog_database.this.name
  identifier = format("%s-%s-%s", local.settings.owner, terraform.workspace, each.key)
}

resource "aws_glue_catalog_database" "this" {
  name        = replace("${local.settings.owner}_${terraform.workspace}", "-", "_")
  description = "${length(local.datasets)} dataset${length(local.datasets) == 1 ? "" : "s"}"
  parameters  = { for k, d in local.datasets : k => coalesce(try(d.format, null), "none") }
}

resource "aws_glue_job" "compact" {
  for_each = local.scheduled

  name              = "compact-${each.key}"
  role_arn          = aws_iam_role.glue.arn
  glue_version      = "4.0"
  max_retries       = 1
  number_of_workers = length(keys(try(local.datasets[each.key].columns, {}))) * 2
  worker_type       = "G.1X"

  command {
    script_location = "s3://${module.dataset[each.key].bucket}/scripts/compact.py"
    python_version  = 3
  }

  default_arguments = {
    "--job-language"   = "python"
    "--dataset"        = each.key
    "--partitions"     = join(",", local.datasets[each.key].partitions)
    "--enable-metrics" = ""
    "--extra"          = jsonencode({ keep = local.datasets[each.key].retention, last = try(max(local.hours...), null) })
  }

  execution_property {
    max_concurrent_runs = 1
  }
}

resource "aws_glue_trigger" "compact" {
  for_each = aws_glue_job.compact
  name     = "${each.value.name}-schedule"
  type     = "SCHEDULED"
  schedule = "cron(${local.scheduled[each.key]})"
  actions {
    job_name  = each.value.name
    arguments = { "--trigger" = each.key }
  }
}

resource "aws_iam_role" "glue" {
  name               = "glue-${terraform.workspace}"
  assume_role_policy = templatefile("${path.module}/config/assume.json.tftpl", { services = ["glue"], accounts = [] })
}

resource "aws_lakeformation_permissions" "grant" {
  for_each = merge([
    for role, rows in local.grants : {
      for row in rows : "${role}/${row.dataset}" => row
    }
  ]...)
  principal                     = "arn:aws:iam::111122223333:role/${each.value.role}"
  permissions                   = each.value.level == "write" ? ["SELECT", "INSERT", "DELETE"] : ["SELECT"]
  permissions_with_grant_option = startswith(each.value.role, "service-") ? [] : null
  table {
    database_name = aws_glue_catalog_database.this.name
    name          = each.value.dataset
  }
}

resource "aws_athena_workgroup" "this" {
  for_each = toset(concat(keys(local.grants), ["primary-${terraform.workspace}"]))
  name     = replace(each.key, "/[^a-z0-9-]/", "-")
  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = each.value != "intern"
    bytes_scanned_cutoff_per_query     = pow(1024, 3) * (startswith(each.key, "service") ? 100 : 10)
    result_configuration {
      output_location = "s3://results-${terraform.workspace}/${each.key}/"
      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}

module "alerts" {
  source   = "./modules/alerts"
  channels = local.settings.alerts.channels
  rules    = local.settings.alerts.rules
  datasets = keys(module.dataset)
}

resource "aws_ssm_parameter" "catalog" {
  name = "/data/${terraform.workspace}/catalog"
  type = "String"
  value = yamlencode({
    datasets = { for k, m in module.dataset : k => { bucket = m.bucket, prefix = m.prefix, table = m.table } }
    alerts   = module.alerts.names
    updated  = formatdate("YYYY-MM-DD", "2024-05-06T07:08:09Z")
  })
}

output "buckets" {
  value = { for k, m in module.dataset : k => m.bucket }
}
