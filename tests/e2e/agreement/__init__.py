"""Agreement of our live readers with the provider: what both say of one account that Terraform itself made."""
