"""A demo AWS account on a local moto server: started, seeded, bent on purpose, and ended again.

Nothing here talks to AWS. This module imports nothing, so that the server's process starts without boto3:
take what you need from `server` (start and stop) and `seed` (fill it, bend it).
"""
