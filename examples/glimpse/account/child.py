"""The server's process: `python child.py PORT shim|operations|bare`.

It binds its port and prints it before the second that moto's import takes, prints "ready" when it serves, and ends
when its stdin closes. Run as a file and not as a module: only moto is imported, and no package of ours but the shim.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

# moto reads these when it is imported
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")
os.environ.setdefault("MOTO_ECS_SERVICE_RUNNING", "2")
os.environ.setdefault("MOTO_AMIS_PATH", str(Path(__file__).with_name("amis.json")))  # instead of thousands


def _end_with_parent() -> None:
    """Wait for the parent's end of the pipe to close, then leave at once."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def _quicken() -> None:
    """Halve the time to the first answers, without touching any answer the estate needs.

    moto looks through botocore's directories once more for each service, loads AWS's managed policies for each of six
    partitions, and lists its own modules for each request; here it does each of these once. It lists all 1,300 of AWS's
    managed policies in an account's authorization details, two seconds of XML; here it lists those that are attached.
    """
    from moto import backends
    from moto.core import utils
    from moto.iam.models import IAMBackend

    loaders: Any = utils
    loaders.create_loader = functools.cache(loaders.create_loader)
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    iam: Any = IAMBackend
    load = iam._init_aws_policies

    def load_once(self: Any) -> Any:
        return load(self) if self.region_name == "aws" else []

    iam._init_aws_policies = load_once
    details = iam.get_account_authorization_details

    def in_use(self: Any, policy_filter: list[str]) -> dict[str, Any]:
        answer: dict[str, Any] = details(self, policy_filter)
        unused = {policy.arn for policy in self.aws_managed_policies if not policy.attachment_count}
        listed = [policy for policy in answer["managed_policies"] if policy.arn not in unused]
        return answer | {"managed_policies": listed}

    iam.get_account_authorization_details = in_use
    sys.setswitchinterval(0.05)


def main(port: int, shimmed: str) -> None:
    """Serve until the parent goes away."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    bound = listener.getsockname()[1]
    os.environ["MOTO_PORT"] = str(bound)
    print(bound, flush=True)

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    _quicken()
    if shimmed != "bare":
        from examples.glimpse.account import shim

        shim.install() if shimmed == "shim" else shim.supply()
    application = DomainDispatcherApplication(create_backend_app)
    web = make_server(
        "127.0.0.1", bound, application, threaded=True, request_handler=MotoRequestHandler, fd=listener.fileno()
    )
    print("ready", flush=True)
    web.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
