"""A cluster of Trino that scripts/trino started."""

import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

import duckdb

TYPES = {"FLOAT": "real", "TIMESTAMP": "timestamp(6)"}
PROFILE = """
gsa:
  target: trino
  outputs:
    trino: {{type: trino, method: none, user: gsa, host: 127.0.0.1, port: {port}, database: iceberg,
            schema: {schema}, threads: 4}}
"""


class Trino:
    name = "trino"
    widens_smallint = True

    def __init__(self, cluster):
        import trino

        self.lake = cluster.resolve() / "lake"
        self.port = urllib.parse.urlparse((cluster / "url").read_text().strip()).port
        self.connection = trino.dbapi.connect(host="127.0.0.1", port=self.port, user="gsa", catalog="hive")

    def query(self, sql):
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall()

    def begin(self, schema):
        for catalog in ("hive", "iceberg"):
            self.query(f"drop schema if exists {catalog}.{schema} cascade")
            self.query(f"create schema {catalog}.{schema}")

    def load_raw(self, schema, name, file):
        folder = self.lake / "parity" / schema / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(file, folder)
        with duckdb.connect() as db:
            found = db.execute(f"select column_name, column_type from (describe from '{file}')").fetchall()
        described = ", ".join(f'"{column}" {TYPES.get(kind, kind.lower())}' for column, kind in found)
        self.query(f"create table hive.{schema}.{name} ({described}) with (format = 'PARQUET',"
                   f" external_location = 'local:///parity/{schema}/{name}')")

    def load_model(self, schema, name, file):
        self.load_raw(schema, name, file)
        self.query(f"create table iceberg.{schema}.{name} as select * from hive.{schema}.{name}")

    def dbt(self, case, schema, command, *arguments):
        """Runs a command of dbt; returns its target folder."""
        profiles = case.folder / "trino"
        profiles.mkdir(exist_ok=True)
        (profiles / "profiles.yml").write_text(PROFILE.format(schema=schema, port=self.port))
        target = case.folder / f"trino-{command}"
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(
            [pathlib.Path(sys.executable).with_name("dbt"), "--log-level", "none", "--no-send-anonymous-usage-stats", command,
             "--project-dir", case.project, "--profiles-dir", profiles, "--target-path", target, "--log-path",
             case.folder / "logs", "--vars", f"{{raw_database: hive, raw_schema: {schema}}}", *arguments],
            cwd=case.folder, env=dict(os.environ, DBT_USE_COLORS="false"), check=False)
        return target

    def read(self, schema, name, is_table):
        """The rows of a model, as a relation of DuckDB: its files, or of a view a table made of it."""
        if not is_table:
            self.query(f"create table iceberg.{schema}.{name}_rows as select * from iceberg.{schema}.{name}")
            name += "_rows"
        files = [row[0].replace("local://", str(self.lake))
                 for row in self.query(f'select distinct "$path" from iceberg.{schema}.{name}')]
        return f"read_parquet({files})"
