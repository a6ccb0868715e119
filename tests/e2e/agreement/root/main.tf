# What the example does not hold: every further type that is read or folded, set richly, so that a reader which forgets or
# mistakes an attribute disagrees with the provider's own state. Applied onto moto only.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region            = "ap-northeast-2"
  s3_use_path_style = true
  max_retries       = 2

  default_tags {
    tags = {
      Estate = "agreement"
    }
  }
}

locals {
  zones = ["ap-northeast-2a", "ap-northeast-2c"]
}
