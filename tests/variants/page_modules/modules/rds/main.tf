variable "instance_class" {}
variable "allocated_storage" {}
variable "backup_retention_period" {}
variable "security_groups" {}

resource "aws_db_instance" "this" {
  engine                      = "postgres"
  instance_class              = var.instance_class
  allocated_storage           = var.allocated_storage
  backup_retention_period     = var.backup_retention_period
  username                    = "glimpse"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = var.security_groups
}
