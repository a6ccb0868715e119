provider "aws" {
  region = "ap-northeast-2"
}

resource "aws_db_instance" "orders" {
  identifier              = "shop-orders"
  engine                  = "postgres"
  instance_class          = var.instance_class
  allocated_storage       = 20
  backup_retention_period = var.retention
  multi_az                = false
  password                = var.password

  tags = {
    Owner = var.owner
  }
}

module "store" {
  source = "./modules/store"
  name   = "shop-receipts"
}
