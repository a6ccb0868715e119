# Items: queues with dead letters, topics and subscriptions by product, event patterns, streams, policies in heredocs.
provider "aws" {
  region = "us-east-1"
}

variable "queues" {
  type = list(object({
    name      = string
    fifo      = optional(bool, false)
    delay     = optional(number, 0)
    retries   = optional(number, 5)
    topics    = optional(set(string), [])
    retention = optional(number, 4)
  }))
  default = [
    { name = "orders", topics = ["order-created", "order-paid"], retries = 3 },
    { name = "emails", delay = 10, topics = ["order-paid"] },
    { name = "ledger", fifo = true, retention = 14 },
  ]
}

locals {
  by_name = { for q in var.queues : q.name => q }
  topics  = toset(flatten([for q in var.queues : tolist(q.topics)]))
  subscriptions = {
    for s in flatten([for q in var.queues : [for t in q.topics : { queue = q.name, topic = t }]]) :
    "${s.topic}>${s.queue}" => s
  }
  suffix = { for name, q in local.by_name : name => q.fifo ? ".fifo" : "" }
}

resource "aws_sqs_queue" "dead" {
  for_each                  = local.by_name
  name                      = "${each.key}-dead${local.suffix[each.key]}"
  fifo_queue                = each.value.fifo ? true : null
  message_retention_seconds = 14 * 24 * 3600
}

resource "aws_sqs_queue" "this" {
  for_each                    = local.by_name
  name                        = join("", [each.key, local.suffix[each.key]])
  fifo_queue                  = each.value.fifo ? true : null
  content_based_deduplication = each.value.fifo ? true : null
  delay_seconds               = each.value.delay
  message_retention_seconds   = each.value.retention * 86400
  receive_wait_time_seconds   = 20
  sqs_managed_sse_enabled     = true
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[each.key].arn
    maxReceiveCount     = each.value.retries
  })
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~for index, topic in tolist(each.value.topics)~}
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
         "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:${topic}"}}},
        %{~endfor~}
        {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
      ]
    }
  POLICY
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  for_each  = aws_sqs_queue.dead
  queue_url = each.value.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["arn:aws:sqs:us-east-1:111122223333:${each.key}"]
  })
}

resource "aws_sns_topic" "this" {
  for_each          = local.topics
  name              = each.value
  kms_master_key_id = "alias/aws/sns"
  delivery_policy = jsonencode({
    http = { defaultHealthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 3 } }
  })
}

resource "aws_sns_topic_subscription" "this" {
  for_each             = local.subscriptions
  topic_arn            = aws_sns_topic.this[each.value.topic].arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.this[each.value.queue].arn
  raw_message_delivery = true
  filter_policy        = each.value.queue == "emails" ? jsonencode({ channel = ["web", { prefix = "app-" }] }) : null
}

resource "aws_cloudwatch_event_bus" "this" {
  name = "domain"
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each       = { created = "OrderCreated", paid = "OrderPaid" }
  name           = "order-${each.key}"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  event_pattern = jsonencode({
    source        = ["shop.orders"]
    "detail-type" = [each.value]
    detail        = { amount = [{ numeric = [">", 10.5] }], currency = [{ "anything-but" = ["XXX"] }] }
  })
  role_arn = null
}

resource "aws_cloudwatch_event_target" "queue" {
  for_each       = aws_cloudwatch_event_rule.this
  rule           = each.value.name
  event_bus_name = each.value.event_bus_name
  target_id      = "queue-${each.key}"
  arn            = aws_sqs_queue.this["orders"].arn
  input_transformer {
    input_paths = {
      id     = "$.detail.id"
      amount = "$.detail.amount"
    }
    input_template = <<-EOT
      {"id": <id>, "amount": <amount>, "rule": "${each.key}"}
    EOT
  }
  dead_letter_config {
    arn = aws_sqs_queue.dead["orders"].arn
  }
}

resource "aws_kinesis_stream" "clicks" {
  name             = "clicks"
  retention_period = 48
  stream_mode_details {
    stream_mode = "ON_DEMAND"
  }
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"
}

resource "aws_kinesis_firehose_delivery_stream" "clicks" {
  name        = "clicks"
  destination = "extended_s3"
  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.clicks.arn
    role_arn           = "arn:aws:iam::111122223333:role/firehose"
  }
  extended_s3_configuration {
    role_arn            = "arn:aws:iam::111122223333:role/firehose"
    bucket_arn          = "arn:aws:s3:::clicks"
    buffering_size      = 64
    buffering_interval  = 60
    compression_format  = "GZIP"
    prefix              = "year=!{timestamp:yyyy}/month=!{timestamp:MM}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/"
    processing_configuration {
      enabled = true
      dynamic "processors" {
        for_each = { Lambda = { LambdaArn = "arn:aws:lambda:us-east-1:111122223333:function:clean:1", BufferSizeInMBs = "1" }, AppendDelimiterToRecord = {} }
        content {
          type = processors.key
          dynamic "parameters" {
            for_each = processors.value
            content {
              parameter_name  = parameters.key
              parameter_value = parameters.value
            }
          }
        }
      }
    }
    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = "/firehose/clicks"
      log_stream_name = "delivery"
    }
  }
}

resource "aws_mq_broker" "this" {
  broker_name        = "legacy"
  engine_type        = "RabbitMQ"
  engine_version     = "3.13"
  host_instance_type = "mq.t3.micro"
  user {
    username = "admin"
    password = "correct-horse-battery"
  }
  maintenance_window_start_time {
    day_of_week = "SUNDAY"
    time_of_day = "03:00"
    time_zone   = "UTC"
  }
}
