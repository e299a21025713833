"""A real S3 server of this machine: SeaweedFS, in a folder that is thrown away."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

KEY, SECRET, BUCKET = "test-key", "test-secret", "tests"
PARTS = ("master", "volume", "filer", "s3")
START_TIMEOUT = 60


@dataclass(frozen=True)
class S3:
    """A running server."""

    endpoint: str
    bucket: str = f"s3://{BUCKET}"

    @property
    def credentials(self) -> dict[str, str]:
        """What DVC finds in the environment."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/nowhere/config",  # not the user's
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
        }

    def client(self) -> Any:
        from botocore.session import get_session

        return get_session().create_client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def read(self, url: str) -> bytes:
        content: bytes = self.client().get_object(**_place(url))["Body"].read()
        return content

    def write(self, url: str, content: bytes) -> None:
        self.client().put_object(**_place(url), Body=content)

    def delete(self, url: str) -> None:
        self.client().delete_object(**_place(url))

    def make_bucket(self) -> None:
        """Make the one bucket; it answers a little before it can."""
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                return self.client().create_bucket(Bucket=BUCKET)
            except Exception:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def _place(url: str) -> dict[str, str]:
    bucket, _, key = url.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


@contextlib.contextmanager
def running() -> Iterator[S3]:
    """Run the server on free ports of the loopback interface."""
    names = [*PARTS, *(f"{part}.grpc" for part in PARTS)]
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    with tempfile.TemporaryDirectory(prefix="weed-", dir="/tmp") as folder:  # sockets: short paths
        process = _start(Path(folder), ports)
        try:
            endpoint = f"http://127.0.0.1:{ports['s3']}"
            _wait(process, f"{endpoint}/healthz", Path(folder))
            server = S3(endpoint)
            server.make_bucket()
            yield server
        finally:
            process.kill()  # it takes a quarter of a minute to end in order
            process.wait()
            for part in PARTS:
                Path(f"/tmp/seaweedfs-{part}-grpc-{ports[f'{part}.grpc']}.sock").unlink(missing_ok=True)


def _start(folder: Path, ports: dict[str, int]) -> subprocess.Popen[bytes]:
    user = {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [user]}))
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [
                str(Path(sys.executable).parent / "weed"),
                "-logtostderr=true",
                *("server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"),
                *(f"-{part}.port{kind}={ports[f'{part}{kind}']}" for part in PARTS for kind in ("", ".grpc")),
                *("-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=50"),
                *(f"-s3.config={folder}/s3.json", "-iam=false", "-s3.iam=false"),
                *("-s3.port.iceberg=0", "-s3.port.lance=0"),
                *(f"-filer.localSocket={folder}/filer.sock", f"-s3.localSocket={folder}/s3.sock"),
            ],
            env={**os.environ, "HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait(server: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=1).status_code == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"SeaweedFS did not start:\n{(folder / 'log').read_text()[-2000:]}")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
