"""The Cognito user pool with its clients and groups."""

from __future__ import annotations

from examples.glimpse.account.seed.clients import Clients
from examples.glimpse.account.seed.names import PREFIX, TAGS

_CLIENTS = {
    "mobile": (False, ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
    "server": (True, ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
}


def seed(clients: Clients) -> None:
    """Create the pool and what belongs to it."""
    cognito = clients("cognito-idp")
    password = {
        "MinimumLength": 10,
        "RequireLowercase": True,
        "RequireUppercase": True,
        "RequireNumbers": True,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 3,
    }
    pool = cognito.create_user_pool(
        PoolName=f"{PREFIX}-users",
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        MfaConfiguration="OFF",
        DeletionProtection="ACTIVE",
        Policies={"PasswordPolicy": password},
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": False},
        UserPoolTags=TAGS,
    )["UserPool"]["Id"]
    for name, (secret, flows) in _CLIENTS.items():
        cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName=f"{PREFIX}-{name}",
            GenerateSecret=secret,
            ExplicitAuthFlows=flows,
            RefreshTokenValidity=30,
            PreventUserExistenceErrors="ENABLED",
            EnableTokenRevocation=True,
        )
    cognito.create_user_pool_domain(Domain=PREFIX, UserPoolId=pool)
    for precedence, (name, why) in enumerate({"admin": "Runs the service", "member": "Uses the service"}.items(), 1):
        cognito.create_group(GroupName=name, UserPoolId=pool, Description=why, Precedence=precedence)
