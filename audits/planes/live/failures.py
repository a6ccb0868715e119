"""What went wrong with a call, in words that people can act on and without anything secret in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from botocore import exceptions as aws

DENIED = "access denied"
THROTTLED = "throttled"
TIMEOUT = "timeout"
UNREACHABLE = "endpoint unreachable"
EXPIRED = "expired credentials"
CREDENTIALS = "credentials refused"
SERVER = "server error"
CONNECTION = "connection failed"
MALFORMED = "malformed answer"
PARTIAL = "partial listing"
REFUSED = "request refused"

_DENIED_CODES = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "ForbiddenException",
        "NotAuthorized",
        "NotAuthorizedException",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnauthorizedAccess",
        "UnauthorizedException",
        "UnauthorizedOperation",
    }
)
_EXPIRED_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_CREDENTIAL_CODES = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_THROTTLED_CODES = frozenset(
    {
        "429",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

_BLOB = re.compile(
    r"Encoded authorization failure message:.*|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|[A-Za-z0-9+/=_-]{100,}", re.DOTALL
)
_LONGEST = 300


class MalformedAnswer(Exception):  # noqa: N818 - what it is, not that it is an error
    """AWS, or what stands in front of it, answered with something that is not an answer to the question."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that failed: the cause, AWS's own code if it gave one, and a detail that is safe to show."""

    cause: str
    detail: str
    code: str = ""
    request_id: str = ""

    @property
    def endpoint_is_down(self) -> bool:
        """Whether every further call to the same endpoint would fail in the same slow way."""
        return self.cause == UNREACHABLE


def safe(text: str) -> str:
    """The text on one line, without authorization blobs, keys and request dumps, and not too long.

    AWS's signature errors repeat the canonical request with the session's token: only the first line is kept.
    """
    lines = text.strip().splitlines()
    line = " ".join(_BLOB.sub("…", lines[0] if lines else "").split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def classify(error: Exception) -> Failure:
    """The failure that an exception of botocore, or of reading its answer, stands for."""
    if isinstance(error, aws.ClientError):
        return _from_answer(error)
    name = type(error).__name__
    return Failure(_cause_of(error), safe(f"{name}: {error}" if str(error) else name))


def _from_answer(error: aws.ClientError) -> Failure:
    answer: Any = error.response
    body = answer.get("Error", {})
    code = str(body.get("Code") or "").removeprefix("Client.")
    metadata = answer.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 0)
    message = safe(str(body.get("Message") or ""))
    detail = f"{code or status}: {message}" if message else str(code or status)
    return Failure(_cause_of_code(code, status), detail, code, str(metadata.get("RequestId") or ""))


def _cause_of_code(code: str, status: int) -> str:
    for cause, codes in (
        (EXPIRED, _EXPIRED_CODES),
        (CREDENTIALS, _CREDENTIAL_CODES),
        (THROTTLED, _THROTTLED_CODES),
        (DENIED, _DENIED_CODES),
    ):
        if code in codes:
            return cause
    if status == 429:
        return THROTTLED
    if status >= 500:
        return SERVER
    return DENIED if status in (401, 403) else REFUSED


def _cause_of(error: Exception) -> str:
    for cause, types in (
        (TIMEOUT, (aws.ConnectTimeoutError, aws.ReadTimeoutError)),
        (UNREACHABLE, (aws.EndpointConnectionError, aws.ProxyConnectionError, aws.SSLError)),
        (UNREACHABLE, (aws.EndpointProviderError, aws.InvalidRegionError, aws.UnknownEndpointError)),
        (EXPIRED, (aws.UnauthorizedSSOTokenError, aws.SSOTokenLoadError, aws.TokenRetrievalError)),
        (EXPIRED, (aws.CredentialRetrievalError, aws.NoCredentialsError, aws.PartialCredentialsError)),
        (PARTIAL, (aws.PaginationError,)),
        (CONNECTION, (aws.ConnectionError, aws.HTTPClientError, aws.ConnectionClosedError)),
        (CONNECTION, (aws.ResponseStreamingError, aws.IncompleteReadError, OSError)),
    ):
        if isinstance(error, types):
            return cause
    return MALFORMED


def mend(failure: Failure, action: str, caller: str, service: str, region: str) -> str:
    """What to do about it."""
    denied = f"allow {action} to {caller}"
    if "explicit deny" in failure.detail:
        # Allowing would not help: a policy of the caller, the organisation, the session or the boundary forbids it.
        denied = f"lift the explicit deny of {action} that meets {caller}"
    return {
        DENIED: denied,
        THROTTLED: f"run again, with fewer workers or at a quieter time ({service} in {region} limits calls)",
        TIMEOUT: f"check the network to {service} in {region}, or raise the timeouts, and run again",
        UNREACHABLE: f"check that {service} exists in {region}, and the endpoint and proxy settings",
        EXPIRED: "renew the credentials and run again",
        CREDENTIALS: f"check the credentials, and that {region} is enabled in the account",
        SERVER: "run again later; if it stays, see the AWS Health Dashboard",
        CONNECTION: f"check the network to {service} in {region} and run again",
        MALFORMED: f"check what answers for {service} in {region} (proxy, endpoint settings) and run again",
        PARTIAL: "run again",
    }.get(failure.cause, f"see what AWS says of {action}, and run again")
