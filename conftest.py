"""The two plugins; everything else is in them."""

pytest_plugins = ["audits.plugin", "reports.plugin"]
