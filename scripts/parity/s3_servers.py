"""Runs the tests of src/lake against real S3 servers, which check signatures, and reads with AWS's own
library what they stored. Called by scripts/lake-test."""

import argparse
import contextlib
import hashlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import boto3
import botocore.client
import botocore.exceptions

BUCKET = "gsa-lake"
REGION = "eu-west-1"
SUM = "gsa-sha256"  # the name of the metadata in which src/lake keeps a file's sum
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def client(service, endpoint, key, secret):
    config = botocore.client.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2},
                                    request_checksum_calculation="when_required",
                                    response_checksum_validation="when_required")
    return boto3.client(service, endpoint_url=endpoint, aws_access_key_id=key,
                        aws_secret_access_key=secret, region_name=REGION, config=config)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def server(command, port, log, **variables):
    """The address of a server that is ended at the end."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output,
                                   env=os.environ | variables)
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                if process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                raise SystemExit(f"error: {command[0]} does not listen")
            if process.poll() is not None:
                raise SystemExit(f"error: {command[0]} ended:\n{pathlib.Path(log).read_text()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def serve_moto(port):
    """Moto checks a signature by the URL as its web server wrote it again, which refuses AWS's own
    library for keys with "+" or "ü". So this gives it the URL as it came."""
    import flask
    import moto.iam.access_control
    import moto.server
    signed = moto.iam.access_control.S3IAMRequest
    create = signed._create_aws_request

    def create_as_sent(self):
        self._path = flask.request.environ["RAW_URI"]
        return create(self)

    signed._create_aws_request = create_as_sent
    moto.server.main(["-p", str(port)])


@contextlib.contextmanager
def moto(folder):
    """Moto checks signatures after the first actions, which make the user that they belong to."""
    port = free_port()
    setup_actions = 4
    command = [sys.executable, __file__, "--serve-moto", str(port)]
    with server(command, port, folder / "moto.log",
                INITIAL_NO_AUTH_ACTION_COUNT=str(setup_actions)) as endpoint:
        iam = client("iam", endpoint, "any", "any")
        iam.create_user(UserName="gsa")
        iam.put_user_policy(UserName="gsa", PolicyName="all", PolicyDocument=POLICY)
        keys = iam.create_access_key(UserName="gsa")["AccessKey"]
        key, secret = keys["AccessKeyId"], keys["SecretAccessKey"]
        client("s3", endpoint, key, secret).create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield endpoint, key, secret


@contextlib.contextmanager
def s3proxy(folder, jars):
    port = free_port()
    key, secret = "gsa", "secret/+="
    settings = folder / "s3proxy.conf"
    settings.write_text(f"""\
s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.authorization=aws-v4
s3proxy.identity={key}
s3proxy.credential={secret}
jclouds.provider=transient-nio2
jclouds.identity=unused
jclouds.credential=unused
""")
    command = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*",
               "org.gaul.s3proxy.Main", "--properties", str(settings)]
    with server(command, port, folder / "s3proxy.log", LOG_LEVEL="warn") as endpoint:
        client("s3", endpoint, key, secret).create_bucket(Bucket=BUCKET)
        yield endpoint, key, secret


def expect(holds, what):
    if not holds:
        raise SystemExit(f"error: {what}")


def checks_signatures(endpoint, key, secret):
    try:
        client("s3", endpoint, key, secret + "x").list_objects_v2(Bucket=BUCKET)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"] == "SignatureDoesNotMatch"
    return False


def read_with_aws_library(s3, prefix):
    """The last test left these two files."""
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix + "/")["Contents"]
    sizes = {entry["Key"]: entry["Size"] for entry in listed}
    expect(sizes == {f"{prefix}/small.bin": 1000, f"{prefix}/a b+ü=1/large.bin": 11_000_000},
           f"the files are {sizes}")
    for key in sizes:
        got = s3.get_object(Bucket=BUCKET, Key=key)
        sha256 = hashlib.sha256(got["Body"].read()).hexdigest()
        expect(got["Metadata"].get(SUM) == sha256, f"{key}: the sum is {got['Metadata']}")


def run(name, test, endpoint, key, secret, prefix, checks):
    print(f"lake test: {name}", flush=True)
    expect(checks_signatures(endpoint, key, secret), f"{name} does not check signatures")
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": key,
                  "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": REGION,
                  "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                  "GSA_LAKE_S3": f"s3://{BUCKET}/{prefix}",
                  "GSA_LAKE_S3_CHECKS": checks}
    tested = subprocess.run([test, "--gtest_filter=RealS3.*", "--gtest_brief=1"], env=variables)
    expect(tested.returncode == 0, f"the tests failed with {name}")
    read_with_aws_library(client("s3", endpoint, key, secret), prefix)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", help="the program lake_test")
    parser.add_argument("--s3proxy", help="the folder of S3Proxy and its libraries")
    parser.add_argument("--serve-moto", type=int, metavar="PORT", help="be the first server")
    arguments = parser.parse_args()
    if arguments.serve_moto:
        serve_moto(arguments.serve_moto)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with moto(folder) as (endpoint, key, secret):
            run("Moto", arguments.test, endpoint, key, secret, "a test+", "conditions")
        # It takes its own percent-encoded continuation tokens for keys that are not encoded, so
        # that a listing of this test ends early if the prefix has characters to encode.
        with s3proxy(folder, arguments.s3proxy) as (endpoint, key, secret):
            run("S3Proxy", arguments.test, endpoint, key, secret, "test", "sums")


main()
