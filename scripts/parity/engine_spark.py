"""Spark in this process, offline, with dbt-spark's session method."""

import os
import pathlib
import shutil

PROFILE = """
gsa:
  target: spark
  outputs:
    spark: {{type: spark, method: session, host: none, schema: {schema}, threads: 1}}
"""


class Spark:
    name = "spark"
    widens_smallint = False

    def __init__(self, folder):
        from pyspark.sql import SparkSession

        self.folder = pathlib.Path(folder) / "spark"
        self.folder.mkdir()
        os.chdir(self.folder)  # where its catalogue appears
        self.session = (
            SparkSession.builder.master("local[2]").appName("gsa")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            # Times in the raw tables have no zone: the session's zone must not matter.
            .config("spark.sql.session.timeZone", "Europe/Berlin")
            .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
            .config("spark.sql.warehouse.dir", str(self.folder / "warehouse"))
            .enableHiveSupport().getOrCreate())
        self.session.sparkContext.setLogLevel("ERROR")

    def begin(self, schema):
        self.session.sql(f"create schema {schema}")

    def load_raw(self, schema, name, file):
        self.session.read.parquet(str(file)).write.saveAsTable(f"{schema}.{name}")

    load_model = load_raw

    def dbt(self, case, schema, command, *arguments):
        """Runs a command of dbt in this process, whose session it uses; returns its target folder."""
        from dbt.cli.main import dbtRunner

        profiles = case.folder / "spark"
        profiles.mkdir(exist_ok=True)
        (profiles / "profiles.yml").write_text(PROFILE.format(schema=schema))
        target = case.folder / f"spark-{command}"
        shutil.rmtree(target, ignore_errors=True)
        dbtRunner().invoke(
            ["--log-level", "none", "--no-send-anonymous-usage-stats", command, "--project-dir", str(case.project),
             "--profiles-dir", str(profiles), "--target-path", str(target), "--log-path",
             str(case.folder / "logs"), *arguments])
        return target

    def read(self, schema, name, is_table):
        """The rows of a model, as a relation of DuckDB."""
        out = self.folder / "out" / schema / name
        self.session.table(f"{schema}.{name}").write.mode("overwrite").parquet(str(out))
        return f"read_parquet('{out}/*.parquet')"
