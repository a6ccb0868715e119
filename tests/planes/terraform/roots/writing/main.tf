# Items: odd but valid writing: a byte order mark, CRLF, tabs, one-line blocks, comments everywhere, nothing formatted.
provider "aws" { region = "eu-west-1" }
variable "a" { default = "x" }
variable   "list"   {
 type = list ( string )
	default = [ "a" ,
		"b" , /* why
	not */ "c" , # trailing
	]
}
locals { one = 1 }
locals {
two=2
three = local.two+1  // three
four = ( local.one
  + local.three
  )
  obj = { a = 1, b : 2
    "c" = 3, (var.a) = 4 }
  cond = local.one == 1 ? (
    "yes"
  ) : "no"
  fn = join( ",",
    var.list,
  )
  idx = var.list [ 0 ]
  neg = - local.one
  not = ! true
  str = "a${ "b${ "c" }" }d"
  han = "한글 ${ upper ( "é" ) }"
  for = [ for x in var.list :
    upper( x )
    if x != "b" ]
  forobj = { for i , x in var.list :
    x => i
  }
  한 = "unicode name"
  under_score-dash = 5
  hd = <<-EOT
	tabbed
	  more
	EOT
  hd2 = [<<A
first
A
    , <<-B
      second ${ var.a }
      B
  ]
  esc = "\\ \" \n \t $${x} %%{y} \u0041"
}
resource "aws_sns_topic" "t" { name = "t-${local.one}" }
resource aws_sqs_queue unquoted {
  name="q"
  delay_seconds=local.three   # c
  tags={A="b",C=local.idx}
}
resource "aws_security_group" "sg" {
  name = "sg"
  ingress {
    from_port=1
    to_port   = 2
    protocol="tcp"
    cidr_blocks=["10.0.0.0/8"]
  }
  dynamic "ingress" {
    for_each = var.list
    content {
      from_port = 10 + ingress.key
      to_port = (10 +
        ingress.key)
      protocol = "udp"
      description = ingress.value
      cidr_blocks = [
        "10.0.0.0/8",
        "11.0.0.0/8"
      ]
    }
  }
}
resource "terraform_data" "t" { 
  input = { l = [ local.two, local.three, local.four, local.obj, local.cond, local.fn, local.idx, local.neg, local.not, local.str, local.han, local.for, local.forobj, local.한, local.under_score-dash, local.hd, local.hd2, local.esc ],
    m = module.m.o
  }
}
module "m" {
  source = "./modules/double"
  i = local.one
}
