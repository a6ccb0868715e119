"""boto3 clients that can reach nothing but the endpoint they are given."""

from __future__ import annotations

import os
from threading import Lock
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from examples.glimpse.account.server import ACCOUNT_ID, CREDENTIAL, REGION

__all__ = ["ACCOUNT_ID", "REGION", "Clients"]

# explicit values, so that no profile, file or variable of the caller's has a say
_ISOLATED = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}

_SERVICES = (
    "acm",
    "apigatewayv2",
    "application-autoscaling",
    "autoscaling",
    "cloudfront",
    "cloudwatch",
    "cognito-idp",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "elbv2",
    "iam",
    "logs",
    "rds",
    "route53",
    "s3",
    "secretsmanager",
    "sns",
)


class Clients:
    """Make each service's client once; safe to share between threads, as clients are and sessions are not."""

    def __init__(self, endpoint: str) -> None:
        """Remember the endpoint; nothing is opened yet."""
        core = botocore.session.Session(session_vars=_ISOLATED)
        self._session = boto3.session.Session(CREDENTIAL, CREDENTIAL, region_name=REGION, botocore_session=core)
        self._endpoint = endpoint
        self._config = Config(proxies={}, retries={"max_attempts": 1}, s3={"addressing_style": "path"})
        self._made: dict[str, Any] = {}
        self._lock = Lock()

    def __call__(self, service: str) -> Any:
        """Return the client of a service."""
        with self._lock:
            if service not in self._made:
                self._made[service] = self._session.client(service, endpoint_url=self._endpoint, config=self._config)
            return self._made[service]

    def prepare(self) -> None:
        """Make the clients of all services the estate uses; costs most of a second that may be spent elsewhere."""
        for service in _SERVICES:
            self(service)
