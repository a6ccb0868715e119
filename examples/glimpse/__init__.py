"""The Glimpse estate: its Terraform, a drifted variant of it, and a demo account."""
