"""What sqlfluff's own stand-ins for dbt lack: adapter.dispatch(), which finds a macro as dbt does, the
values of vars, and exceptions."""

import pathlib

import jinja2
import yaml


class Adapter:
    """dbt's `adapter`, of which the project uses dispatch() alone."""

    @staticmethod
    @jinja2.pass_context
    def dispatch(context, name, _namespace=None):
        for prefix in ("duckdb__", "default__"):
            macro = context.get(prefix + name)
            if macro:
                return macro
        raise jinja2.TemplateRuntimeError(f"no macro duckdb__{name} or default__{name}")


adapter = Adapter()


VARS = yaml.safe_load(pathlib.Path("dbt/dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def var(name, default=None):
    """The var as dbt_project.yml has it."""
    return VARS.get(name, default)


class Exceptions:
    """dbt's `exceptions`, which no model reaches."""

    @staticmethod
    def raise_compiler_error(message):
        raise jinja2.TemplateRuntimeError(message)


exceptions = Exceptions()
