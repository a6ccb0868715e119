variable "domain_name" {}
variable "names" { type = set(string) }

module "this" {
  source                    = "../"
  domain_name               = var.domain_name
  subject_alternative_names = concat(["*.${var.domain_name}"], [for n in var.names : "${n}.${var.domain_name}"])
}

output "names" { value = module.this.names }
