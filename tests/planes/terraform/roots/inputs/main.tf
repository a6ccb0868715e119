resource "terraform_data" "precedence" {
  input = {
    default      = var.default
    environment  = var.environment
    tfvars       = var.tfvars
    auto         = var.auto
    auto_order   = var.auto_order
    file         = var.file
    file_json    = var.file_json
    second_file  = var.second_file
    flag         = var.flag
    flag_twice   = var.flag_twice
    null_given   = var.null_given
    null_refused = var.null_refused
  }
}

resource "terraform_data" "texts" {
  input = {
    list    = var.from_text
    object  = var.object_text
    number  = var.number_text
    bool    = var.bool_text
    any     = var.any_text
    set     = var.set_text
    untyped = var.untyped_text
    string  = var.string_of_list
    heredoc = var.heredoc
    map     = var.whole_map
    length  = nonsensitive(length(var.sensitive_text))
  }
}

resource "terraform_data" "each" {
  for_each = var.whole_map
  input    = "${each.key}:${each.value.size}:${each.value.zone}"
}
