# Items: a data company's tree: configuration in YAML and CSV, deep merges, datasets by module, schedules, grants, several regions.
terraform {
  required_version = "~> 1.5"
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region = local.settings.region
  default_tags {
    tags = module.tags.all
  }
}

provider "aws" {
  alias  = "backup"
  region = local.settings.backup.region
  default_tags {
    tags = merge(module.tags.all, { Role = "backup" })
  }
}

module "tags" {
  source      = "./modules/tags"
  owner       = local.settings.owner
  environment = terraform.workspace
  extra       = try(local.settings.tags, {})
}
