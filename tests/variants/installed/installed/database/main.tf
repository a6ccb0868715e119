variable "identifier" {}
variable "engine" {}
variable "instance_class" {}
variable "allocated_storage" {}
variable "backup_retention_period" {}
variable "vpc_security_group_ids" {}

module "instance" {
  source = "./modules/instance"
  given = {
    identifier = var.identifier
    engine     = var.engine
    class      = var.instance_class
    size       = var.allocated_storage
    keep       = var.backup_retention_period
    groups     = var.vpc_security_group_ids
  }
}
