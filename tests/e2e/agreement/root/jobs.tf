resource "aws_ssm_parameter" "mode" {
  name        = "/agreement/mode"
  description = "of the agreement"
  type        = "String"
  value       = "batch"
  tags        = { Name = "mode" }
}

resource "aws_dynamodb_table" "items" {
  name         = "items"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  range_key    = "at"

  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "at"
    type = "N"
  }
  point_in_time_recovery {
    enabled = true
  }
  ttl {
    attribute_name = "until"
    enabled        = true
  }
  tags = { Name = "items" }
}

resource "aws_lambda_function" "job" {
  function_name = "job"
  description   = "of the agreement"
  role          = aws_iam_role.service.arn
  package_type  = "Image"
  image_uri     = "${aws_ecr_repository.app.repository_url}:1"
  memory_size   = 256
  timeout       = 30

  environment {
    variables = { MODE = "batch" }
  }
  tags = { Name = "job" }
}

resource "aws_cloudwatch_event_rule" "daily" {
  name                = "daily"
  description         = "of the agreement"
  schedule_expression = "rate(1 day)"
  tags                = { Name = "daily" }
}

resource "aws_cloudwatch_event_target" "daily" {
  rule      = aws_cloudwatch_event_rule.daily.name
  target_id = "jobs"
  arn       = aws_sqs_queue.jobs.arn
  input     = jsonencode({ mode = "daily" })
}

resource "aws_scheduler_schedule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 18 * * ? *)"

  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sqs_queue.jobs.arn
    role_arn = aws_iam_role.service.arn
    input    = jsonencode({ mode = "nightly" })
  }
}

resource "aws_flow_log" "main" {
  vpc_id                   = aws_vpc.main.id
  traffic_type             = "REJECT"
  log_destination_type     = "s3"
  log_destination          = aws_s3_bucket.plain.arn
  max_aggregation_interval = 60
  tags                     = { Name = "main" }
}

resource "aws_backup_vault" "main" {
  name        = "main"
  kms_key_arn = aws_kms_key.data.arn
  tags        = { Name = "main" }
}

resource "aws_backup_plan" "daily" {
  name = "daily"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 17 * * ? *)"
    start_window      = 60
    completion_window = 120

    lifecycle {
      delete_after = 14
    }
  }
}

resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = 7
}
