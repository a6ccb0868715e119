# Quoted templates, heredocs, directives, strip markers, escapes.
locals {
  name  = "World"
  items = ["a", "b", "c"]
  map   = { x = 1, y = 2 }
}

resource "terraform_data" "quoted" {
  input = {
    plain     = "a\tb\n\"c\" \\ \u00e9 \U0001F600"
    interp    = "Hello ${local.name}!"
    number    = "n=${1 + 1} ${true} ${1.50}"
    wrap      = "${local.items}"
    escaped   = "$${not} %%{not} $$ %% $ % $$$${x}"
    directive = "%{if local.name == "World"}yes%{else}no%{endif}"
    loop      = "%{for i, x in local.items}${i}${x},%{endfor}"
    strip     = "a   ${~"b"~}   c"
    nested    = "x${"y${"z"}"}"
    empty     = ""
    unicode   = "한국어 ${upper("é")}"
    object    = "${ { a = 1 }.a}"
    braces    = "${join(",", [for k, v in local.map : "${k}=${v}"])}"
  }
}

resource "terraform_data" "heredocs" {
  input = {
    plain  = <<EOT
line one
  line two ${local.name}
EOT
    flush  = <<-EOT
      first
        second ${local.name}

      third \n "quoted" $${literal}
    EOT
    empty  = <<-EOT
    EOT
    loop   = <<-EOT
      start
      %{for x in local.items~}
      item ${x}
      %{endfor~}
      end
    EOT
    strip  = <<-EOT
      %{if true~}
        indented
      %{else~}
        other
      %{endif~}
      after
    EOT
    left   = <<EOT
a
%{~for x in local.items}
${x}
%{~endfor}
EOT
    deep   = <<-EOT
    %{for k, v in local.map}
    %{if v > 1}
    ${k} is ${v}
    %{endif}
    %{endfor}
    EOT
    interp = <<-EOT
    ${local.name} leads
      ${local.name} follows
    EOT
    json = jsonencode({ text = <<-EOT
      inner
    EOT
    })
  }
}

resource "terraform_data" "comments" {
  input = { a = 1, /* inline */ b = 2, // end
    c = 3                              # hash
    "d" : 4
    e = [1, # one
      2,    // two
      /* three */ 3,
    ]
  }
}

resource "terraform_data" "file" {
  input = templatefile("${path.module}/text.tftpl", { name = local.name, items = local.items, port = 80 })
}
