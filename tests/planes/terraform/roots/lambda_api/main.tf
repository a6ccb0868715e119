# Items: functions by map of objects, permissions by setproduct, API Gateway v1/v2, schedules, jsonencode with for.
provider "aws" {
  region = "eu-west-1"
}

variable "functions" {
  type = map(object({
    handler     = optional(string, "index.handler")
    runtime     = optional(string, "nodejs20.x")
    memory      = optional(number, 128)
    timeout     = optional(number, 3)
    environment = optional(map(string))
    layers      = optional(list(string), [])
    routes      = optional(list(object({ method = optional(string, "GET"), path = string, auth = optional(bool, true) })), [])
    schedule    = optional(string)
    queue = optional(object({
      name    = string
      batch   = optional(number, 10)
      max     = optional(number)
      filters = optional(list(map(map(list(string)))), [])
    }))
    vpc         = optional(object({ subnets = list(string), groups = list(string) }))
    concurrency = optional(number, -1)
    tracing     = optional(bool, false)
  }))
  default = {
    users = {
      memory      = 512
      environment = { TABLE = "users", STAGE = "live" }
      routes      = [{ path = "/users" }, { method = "POST", path = "/users" }, { path = "/health", auth = false }]
      tracing     = true
    }
    report = {
      runtime  = "python3.12"
      handler  = "app.main"
      timeout  = 900
      schedule = "cron(0 3 * * ? *)"
      vpc      = { subnets = ["subnet-2", "subnet-1"], groups = ["sg-1"] }
    }
    consume = {
      queue       = { name = "jobs", max = 5, filters = [{ body = { type = ["order"] } }] }
      concurrency = 5
      layers      = ["arn:aws:lambda:eu-west-1:111122223333:layer:common:3"]
    }
  }
}

locals {
  prefix = "shop"
  routes = merge([
    for name, fn in var.functions : {
      for r in fn.routes : "${r.method} ${r.path}" => merge(r, { function = name })
    }
  ]...)
  callers = { for pair in setproduct(keys(var.functions), ["events", "apigateway"]) : "${pair[0]}.${pair[1]}" => { function = pair[0], service = pair[1] } }
  needed  = { for key, c in local.callers : key => c if c.service == "events" ? var.functions[c.function].schedule != null : length(var.functions[c.function].routes) > 0 }
}

resource "aws_lambda_function" "this" {
  for_each                       = var.functions
  function_name                  = "${local.prefix}-${each.key}"
  role                           = aws_iam_role.lambda[each.key].arn
  handler                        = each.value.handler
  runtime                        = each.value.runtime
  memory_size                    = each.value.memory
  timeout                        = each.value.timeout
  layers                         = each.value.layers
  reserved_concurrent_executions = each.value.concurrency
  s3_bucket                      = "artifacts"
  s3_key                         = format("%s/%s.zip", local.prefix, each.key)
  architectures                  = ["arm64"]

  dynamic "environment" {
    for_each = each.value.environment[*]
    content {
      variables = environment.value
    }
  }

  dynamic "vpc_config" {
    for_each = each.value.vpc == null ? [] : [each.value.vpc]
    content {
      subnet_ids         = vpc_config.value.subnets
      security_group_ids = vpc_config.value.groups
    }
  }

  tracing_config {
    mode = each.value.tracing ? "Active" : "PassThrough"
  }

  ephemeral_storage {
    size = each.value.timeout > 60 ? 2048 : 512
  }
}

resource "aws_iam_role" "lambda" {
  for_each = var.functions
  name     = "${local.prefix}-${each.key}"
  path     = "/service/"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "lambda" {
  for_each = merge(
    { for name, fn in var.functions : "${name}-basic" => { role = name, policy = "AWSLambdaBasicExecutionRole" } },
    { for name, fn in var.functions : "${name}-vpc" => { role = name, policy = "AWSLambdaVPCAccessExecutionRole" } if fn.vpc != null },
    { for name, fn in var.functions : "${name}-sqs" => { role = name, policy = "AWSLambdaSQSQueueExecutionRole" } if fn.queue != null },
  )
  role       = aws_iam_role.lambda[each.value.role].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/${each.value.policy}"
}

resource "aws_lambda_permission" "this" {
  for_each      = local.needed
  statement_id  = replace(title(replace(each.key, ".", " ")), " ", "")
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this[each.value.function].function_name
  principal     = "${each.value.service}.amazonaws.com"
  source_arn    = each.value.service == "events" ? aws_cloudwatch_event_rule.this[each.value.function].arn : null
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each            = { for name, fn in var.functions : name => fn.schedule if fn.schedule != null }
  name                = "${local.prefix}-${each.key}"
  schedule_expression = each.value
  state               = "ENABLED"
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = aws_cloudwatch_event_rule.this
  rule     = each.value.name
  arn      = aws_lambda_function.this[each.key].arn
  input    = jsonencode({ source = each.value.schedule_expression, function = each.key })
  retry_policy {
    maximum_event_age_in_seconds = 60 * 60
    maximum_retry_attempts       = 2
  }
}

resource "aws_sqs_queue" "source" {
  for_each                   = { for name, fn in var.functions : name => fn.queue if fn.queue != null }
  name                       = each.value.name
  visibility_timeout_seconds = var.functions[each.key].timeout * 6
}

resource "aws_lambda_event_source_mapping" "this" {
  for_each                = aws_sqs_queue.source
  event_source_arn        = each.value.arn
  function_name           = aws_lambda_function.this[each.key].function_name
  batch_size              = var.functions[each.key].queue.batch
  function_response_types = ["ReportBatchItemFailures"]
  dynamic "scaling_config" {
    for_each = var.functions[each.key].queue.max[*]
    content {
      maximum_concurrency = scaling_config.value
    }
  }
  dynamic "filter_criteria" {
    for_each = length(var.functions[each.key].queue.filters) > 0 ? [var.functions[each.key].queue.filters] : []
    content {
      dynamic "filter" {
        for_each = filter_criteria.value
        content {
          pattern = jsonencode(filter.value)
        }
      }
    }
  }
}

resource "aws_apigatewayv2_api" "this" {
  name          = local.prefix
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["https://example.com"]
    allow_methods = distinct([for r in values(local.routes) : r.method])
    max_age       = 300
  }
}

resource "aws_apigatewayv2_integration" "this" {
  for_each               = { for name, fn in var.functions : name => fn if length(fn.routes) > 0 }
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.this[each.key].invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = min(each.value.timeout * 1000, 30000)
}

resource "aws_apigatewayv2_route" "this" {
  for_each           = local.routes
  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.this[each.value.function].id}"
  authorization_type = each.value.auth ? "JWT" : "NONE"
  authorizer_id      = each.value.auth ? aws_apigatewayv2_authorizer.jwt.id : null
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id           = aws_apigatewayv2_api.this.id
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  name             = "jwt"
  jwt_configuration {
    audience = ["app"]
    issuer   = "https://${aws_cognito_user_pool.this.name}.example.com"
  }
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true
  access_log_settings {
    destination_arn = "arn:aws:logs:eu-west-1:111122223333:log-group:api"
    format          = jsonencode({ requestId = "$context.requestId", status = "$context.status", ip = "$context.identity.sourceIp" })
  }
  default_route_settings {
    throttling_burst_limit = 100
    throttling_rate_limit  = 50.5
  }
  dynamic "route_settings" {
    for_each = { for key, r in local.routes : key => r if !r.auth }
    content {
      route_key              = route_settings.key
      throttling_burst_limit = 5
      throttling_rate_limit  = 1
    }
  }
}

resource "aws_cognito_user_pool" "this" {
  name                     = "${local.prefix}-users"
  auto_verified_attributes = ["email"]
  password_policy {
    minimum_length    = 12
    require_lowercase = true
    require_numbers   = true
    require_symbols   = false
    require_uppercase = true
  }
  dynamic "schema" {
    for_each = { tenant = "String", level = "Number" }
    content {
      name                = schema.key
      attribute_data_type = schema.value
      mutable             = true
    }
  }
}

resource "aws_api_gateway_rest_api" "legacy" {
  name = "legacy"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "legacy", version = "1.0" }
    paths = {
      for r in values(local.routes) : r.path => {
        lower(r.method) = { responses = { "200" = { description = "ok" } } }
      } if r.method == "GET"
    }
  })
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}
