# Items: repositories, builds and pipelines; stages by nested dynamic blocks, buildspecs by yamlencode, environment as blocks.
provider "aws" {
  region = "eu-west-1"
}

variable "apps" {
  type = map(object({
    language = string
    version  = optional(string)
    stages   = optional(list(string), ["dev"])
    env      = optional(map(string), {})
    secrets  = optional(map(string), {})
    arm      = optional(bool, false)
    keep     = optional(number, 10)
  }))
  default = {
    web = { language = "node", version = "20", stages = ["dev", "staging", "prod"], env = { NODE_ENV = "production" } }
    api = { language = "python", env = { PIP_NO_CACHE_DIR = "1", LEVEL = "info" }, secrets = { TOKEN = "/ci/token" }, arm = true, keep = 30 }
  }
}

locals {
  commands = {
    node   = { install = ["npm ci"], build = ["npm run build", "npm test"] }
    python = { install = ["pip install -r requirements.txt"], build = ["pytest -q"] }
  }
  images = { true = "aws/codebuild/amazonlinux2-aarch64-standard:3.0", false = "aws/codebuild/standard:7.0" }
}

resource "aws_ecr_repository" "this" {
  for_each             = var.apps
  name                 = "acme/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  image_scanning_configuration {
    scan_on_push = true
  }
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = "arn:aws:kms:eu-west-1:111122223333:key/ecr"
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each   = aws_ecr_repository.this
  repository = each.value.name
  policy = jsonencode({
    rules = concat(
      [{
        rulePriority = 1
        description  = "keep ${var.apps[each.key].keep}"
        selection    = { tagStatus = "tagged", tagPrefixList = ["v"], countType = "imageCountMoreThan", countNumber = var.apps[each.key].keep }
        action       = { type = "expire" }
      }],
      [for i, days in [7, 14] : { rulePriority = i + 2, selection = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = days }, action = { type = "expire" } } if i == 0]
    )
  })
}

resource "aws_codebuild_project" "this" {
  for_each      = var.apps
  name          = each.key
  service_role  = "arn:aws:iam::111122223333:role/build"
  build_timeout = 30
  artifacts {
    type = "CODEPIPELINE"
  }
  cache {
    type  = "LOCAL"
    modes = ["LOCAL_DOCKER_LAYER_CACHE", "LOCAL_SOURCE_CACHE"]
  }
  environment {
    compute_type    = each.value.arm ? "BUILD_GENERAL1_SMALL" : "BUILD_GENERAL1_MEDIUM"
    image           = local.images[each.value.arm]
    type            = each.value.arm ? "ARM_CONTAINER" : "LINUX_CONTAINER"
    privileged_mode = true
    dynamic "environment_variable" {
      for_each = merge({ APP = each.key }, each.value.env)
      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
    dynamic "environment_variable" {
      for_each = each.value.secrets
      iterator = secret
      content {
        name  = secret.key
        value = secret.value
        type  = "PARAMETER_STORE"
      }
    }
  }
  source {
    type = "CODEPIPELINE"
    buildspec = yamlencode({
      version = 0.2
      phases = {
        install = merge({ commands = local.commands[each.value.language].install }, each.value.version == null ? {} : { "runtime-versions" = { (each.value.language) = each.value.version } })
        build   = { commands = concat(local.commands[each.value.language].build, ["docker build -t ${aws_ecr_repository.this[each.key].name} ."]) }
      }
      artifacts = { files = ["**/*"] }
    })
  }
  logs_config {
    cloudwatch_logs {
      group_name = "/build/${each.key}"
    }
  }
}

resource "aws_codepipeline" "this" {
  for_each = var.apps
  name     = each.key
  role_arn = "arn:aws:iam::111122223333:role/pipeline"
  artifact_store {
    location = "artifacts"
    type     = "S3"
  }
  stage {
    name = "Source"
    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]
      configuration = {
        ConnectionArn    = "arn:aws:codestar-connections:eu-west-1:111122223333:connection/1"
        FullRepositoryId = "acme/${each.key}"
        BranchName       = "main"
      }
    }
  }
  stage {
    name = "Build"
    action {
      name             = "Build"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["source"]
      output_artifacts = ["built"]
      configuration    = { ProjectName = aws_codebuild_project.this[each.key].name }
    }
  }
  dynamic "stage" {
    for_each = each.value.stages
    content {
      name = title(stage.value)
      dynamic "action" {
        for_each = stage.value == "prod" ? ["Approve"] : []
        content {
          name      = action.value
          category  = "Approval"
          owner     = "AWS"
          provider  = "Manual"
          version   = "1"
          run_order = 1
        }
      }
      action {
        name            = "Deploy"
        category        = "Deploy"
        owner           = "AWS"
        provider        = "ECS"
        version         = "1"
        run_order       = stage.value == "prod" ? 2 : 1
        input_artifacts = ["built"]
        configuration   = { ClusterName = stage.value, ServiceName = each.key, DeploymentTimeout = "15" }
      }
    }
  }
}

resource "aws_codedeploy_app" "this" {
  for_each         = toset(keys(var.apps))
  name             = each.value
  compute_platform = "ECS"
}

resource "aws_codedeploy_deployment_config" "canary" {
  deployment_config_name = "canary-10"
  compute_platform       = "ECS"
  traffic_routing_config {
    type = "TimeBasedCanary"
    time_based_canary {
      interval   = 5
      percentage = 10
    }
  }
}

resource "aws_codestarnotifications_notification_rule" "this" {
  for_each       = aws_codepipeline.this
  name           = "${each.key}-failed"
  detail_type    = "FULL"
  event_type_ids = formatlist("codepipeline-pipeline-pipeline-execution-%s", ["failed", "superseded"])
  resource       = each.value.arn
  target {
    address = "arn:aws:sns:eu-west-1:111122223333:ci"
  }
}

resource "aws_amplify_app" "docs" {
  name       = "docs"
  build_spec = <<-EOT
    version: 1
    frontend:
      phases:
        build:
          commands:
            %{for c in local.commands.node.build~}
            - ${c}
            %{endfor~}
  EOT
  environment_variables = {
    ENV = "docs"
  }
  custom_rule {
    source = "/<*>"
    status = "404"
    target = "/index.html"
  }
}
