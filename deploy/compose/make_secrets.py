"""Write the secrets that compose.yaml mounts as files: new random keys and passwords, once."""

from __future__ import annotations

import base64
import json
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).with_name("secrets")


def new_secrets() -> dict[str, str]:
    """Return the content of each file; those that belong together have the same passwords."""
    postgres, redis, mlflow = (secrets.token_hex(16) for _ in range(3))
    key, secret = secrets.token_hex(8), secrets.token_hex(16)
    database = f"postgresql+psycopg2://trimtab:{postgres}@postgres:5432"
    timeouts = {"connect_timeout": 5, "read_timeout": 10, "retries": {"total_max_attempts": 2}}
    s3 = {"endpoint_url": "http://s3:8333", "region_name": "us-east-1", "config_kwargs": timeouts}
    connections = {
        "git_default": {"conn_type": "git"},
        "mlflow_default": {
            "conn_type": "mlflow",
            "host": "mlflow",
            "port": 5000,
            "schema": "http",
            "login": "admin",
            "password": mlflow,
        },
        "s3_logs": {"conn_type": "aws", "login": key, "password": secret, "extra": s3},
    }
    identity = {
        "name": "trimtab",
        "credentials": [{"accessKey": key, "secretKey": secret}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    return {
        "airflow_database": f"{database}/airflow",
        "api_secret_key": secrets.token_hex(16),
        "aws_credentials": f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}",
        "broker_url": f"redis://:{redis}@redis:6379/0",
        "connections.json": json.dumps(connections, indent=1),
        "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "jwt_secret": secrets.token_hex(32),
        "mlflow_auth.ini": f"[mlflow]\ndefault_permission = READ\ndatabase_uri = {database}/mlflow_auth\n"
        f"admin_username = admin\nadmin_password = {mlflow}",
        "mlflow_database": f"{database}/mlflow",
        "mlflow_flask_key": secrets.token_hex(16),
        "postgres_password": postgres,
        "redis.conf": f"requirepass {redis}\nappendonly yes\ndir /data",
        "s3.json": json.dumps({"identities": [identity]}, indent=1),
    }


def main(folder: Path = FOLDER) -> None:
    """Write the files, unless there are some: the stores keep the passwords that they began with."""
    if folder.exists():
        sys.exit(f"The secrets exist: {folder}. To rotate one, see docs/deployment.md#secrets")
    # Containers read the files as other users. Nobody else on this machine may enter the folder.
    folder.mkdir(mode=0o700, parents=True)
    for name, content in new_secrets().items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
