variable "given" {}

resource "aws_db_instance" "this" {
  count                       = var.given.identifier != "" ? 1 : 0
  identifier                  = var.given.identifier
  engine                      = var.given.engine
  instance_class              = var.given.class
  allocated_storage           = var.given.size
  backup_retention_period     = var.given.keep
  username                    = "owner"
  manage_master_user_password = true
  skip_final_snapshot         = true
  vpc_security_group_ids      = var.given.groups
}
