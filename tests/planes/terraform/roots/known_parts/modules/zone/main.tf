variable "subnet" {
  type = object({ id = string, zone = string })
}
variable "all" {}
variable "tables" { type = map(string) }
output "zone" { value = upper(var.subnet.zone) }
output "count" { value = length(var.all) }
output "keys" { value = keys(var.tables) }
resource "aws_sns_topic" "t" {
  count = length(var.tables)
  name  = "${var.subnet.zone}-${keys(var.tables)[count.index]}-${var.all[count.index].cidr_block == "" ? 0 : 1}"
}
