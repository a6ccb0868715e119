"""Drift where no control speaks: Terraform against the account, attribute by attribute, and what only one of them has.

:func:`audits.drift.compare.compare` pairs and compares, :func:`audits.drift.unmanaged.unmanaged` says what the account
holds beside it, :mod:`audits.drift.report` makes deviations of both that waivers and baselines know. All of it is pure.
"""
