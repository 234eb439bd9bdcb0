"""What sqlfluff's own stand-ins for dbt lack: adapter.dispatch(), which finds a macro as dbt does."""

import jinja2


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
