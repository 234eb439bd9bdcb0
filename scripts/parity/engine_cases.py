"""The data of scripts/engine-parity."""

import csv
import random

GENERATIONS = "raw_generations"

# Raw tables as no run makes them: the models must be the same of these too.
DAMAGED_RAW = [
    f"insert into {GENERATIONS} from {GENERATIONS} where generation_id in (1, 2)",
    f"update {GENERATIONS} set latency_ms = -5 where generation_id = 10",
    f"update {GENERATIONS} set latency_ms = null where generation_id % 17 = 0",
    f"update {GENERATIONS} set cost = -1.00000001 where generation_id = 20",
    f"update {GENERATIONS} set cost = null where generation_id % 19 = 0",
    f"update {GENERATIONS} set currency = null where generation_id % 23 = 0",
    f"update {GENERATIONS} set status = null where generation_id % 29 = 0",
    f"update {GENERATIONS} set user_id = 999999 where generation_id = 30",
    f"update {GENERATIONS} set prompt_id = 999999 where generation_id = 40",
    f"update {GENERATIONS} set user_tier = null where generation_id % 31 = 0",
    f"update {GENERATIONS} set generated_at = timestamp '2000-01-01 00:00:00.000001' where generation_id = 50",
    f"update {GENERATIONS} set generated_at = generated_at + interval 1 year where generation_id = 60",
    f"update {GENERATIONS} set generated_at = null where generation_id = 70",
    f"update {GENERATIONS} set image_count = -1 where generation_id = 80",
    f"update {GENERATIONS} set feedback_origin = 'unknown' where generation_id % 13 = 0",
    f"update {GENERATIONS} set downloaded = null where generation_id % 37 = 0",
    f"update {GENERATIONS} set session_key = 'a ''key''' where generation_id % 41 = 0",
    "update raw_prompts set prompt = null where prompt_id = 5",
    "update raw_prompts set token_count = 0 where prompt_id = 7",
    "update raw_prompts set cfg = 'nan'::float where prompt_id = 11",
    "update raw_prompts set cfg = '-inf'::float where prompt_id = 12",
    "update raw_prompts set cfg = 7.5, sampler = 9, step = 65535, width = 0 where prompt_id = 13",
    "update raw_prompts set sampler = 77, generation_seed = 18446744073709551615 where prompt_id = 14",
    "insert into raw_users from raw_users where user_id = 1",
    "update raw_users set signup_at = null where user_id = 3",
    "update raw_users set cohort_week = null where user_id = 4",
    "update raw_users set user_tier = null where user_id % 7 = 0",
]

ALONE = "(select min(session_id) from fct_sessions where total_generations = 1)"
SUCCESS = "(select min(generation_id) from fct_generations where status = 'success')"


def generation(column, value, key):
    return f"update fct_generations set {column} = {value} where generation_id = {key}"


def session(column, value, offset):
    return (f"update fct_sessions set {column} = {value} where session_id ="
            f" (select session_id from fct_sessions order by session_id limit 1 offset {offset})")


# Columns that have no text which is not theirs, as plain texts.
TEXTS = [("fct_generations", "complexity"), ("fct_sessions", "friction_category"),
         ("fct_sessions", "friction_basis"), ("dim_users", "signup_origin"), ("dim_users", "traits_origin")] + [
             ("fct_generations", f"{signal}_origin")
             for signal in ("user", "time", "status", "latency", "cost", "retry", "feedback", "download", "model")]

# One damage or more for each kind of test.
DAMAGED_MODELS = [
    *[f"alter table {table} alter {column} type varchar" for table, column in TEXTS],
    *[f"update {table} set {column} = 'guessed' where"
      f" {'generation_id = 100' if table == 'fct_generations' else 'user_id = 100'}" for table, column in TEXTS],
    *[generation(f"{signal}_origin", "null", 101 + n) for n, signal in enumerate(("user", "time", "cost", "model"))],
    generation("generated_at", "timestamp '2000-01-01'", 7),
    "delete from daily_metrics where session_date = date '2025-12-10'",
    "insert into daily_metrics from daily_metrics where session_date = date '2025-12-11'",
    "delete from daily_metrics where session_date = (select max(session_date) from daily_metrics)",
    "insert into fct_sessions select * replace (session_id + 1000000 as session_id,"
    " session_end + interval 30 minutes as session_start) from fct_sessions limit 1",
    session("friction_score", "friction_score - 0.0001", 1),
    session("friction_score", "100.5", 2),
    session("timeout_count", "timeout_count + 1", 3),
    session("total_cost", "total_cost - 0.00000001", 4),
    session("download_count", "downloadable_count + 1", 5),
    session("known_latency_count", "0", 6),
    session("total_images", "total_generations - 1", 7),
    session("session_end", "session_start - interval 1 second", 8),
    session("session_duration_min", "-0.01", 9),
    session("user_id", "null", 10),
    session("friction_latency_points", "-1", 11),
    session("friction_category", "null", 12),
    session("success_rate_pct", "101", 13),
    generation("cost", "0", SUCCESS),
    "update daily_metrics set total_cost = total_cost + 0.00000001 where session_date = date '2025-12-12'",
    "update daily_metrics set avg_friction_score = 101, download_rate_pct = 101, feedback_rate_pct = 101,"
    " success_rate_pct = -1 where session_date = date '2025-12-13'",
    "delete from fct_generations where generation_id = 11",
    "update user_friction_summary set total_generations = total_generations - 1, active_users = total_users + 1,"
    " avg_friction_score = -1 where user_tier = 'pro'",
    "insert into user_friction_summary from user_friction_summary where user_tier = 'free'",
    "update dim_users set lifetime_sessions = lifetime_generations + 1 where user_id = 3",
    "insert into fct_generations from fct_generations where generation_id = 12",
    "insert into dim_users from dim_users where user_id = 5",
    generation("user_id", "999999", 13),
    generation("prompt_id", "999999", 14),
    generation("session_id", "999999", 15),
    generation("downloaded", "true", "(select max(generation_id) from fct_generations where status <> 'success')"),
    generation("latency_ms", "30001", 16),
    generation("session_id", "null", 17),
    generation("session_date", "null", 18),
    "update fct_generations set user_id = null, session_id = null, session_date = null where generation_id = 19",
    *[generation(column, "null", 20 + n)
      for n, column in enumerate(("user_tier", "region", "device_type", "retry_count", "status", "generated_at"))],
    generation("cost_origin", "'unknown'", 30),
    generation("image_count", "0", 31),
    generation("image_count", "null", 32),
    generation("blurred_images", "-1", 33),
    "update fct_generations set blurred_images = 2, status = 'safety_violation', status_origin = 'observed'"
    " where generation_id = 34",
    "update dim_users set user_name = 'one' where user_id in (6, 7)",
    "update dim_users set first_generation_at = signup_at - interval 1 second where user_id = 8",
    "update dim_users set lifetime_cost = -1, success_rate_pct = 100.01 where user_id = 9",
    "update dim_users set signup_at = null, cohort_week = null, user_tier = null where user_id = 10",
    "update raw_prompts set token_count = 0 where prompt_id = 3",
    "update raw_prompts set prompt = null where prompt_id = 4",
    "insert into raw_prompts from raw_prompts where prompt_id = 6",
    "insert into raw_users from raw_users where user_id = 6",
    f"insert into {GENERATIONS} from {GENERATIONS} where generation_id = 6",
]


def write_events(file, rows):
    """Events of a product, in words of its own; each signal is unknown for some, and costs are in three
    currencies or none."""
    chance = random.Random(7)
    header = ["request_id", "user_id", "created_at", "status", "duration_ms", "cost", "currency", "plan", "model",
              "country", "conversation_id", "rating", "downloaded", "prompt"]
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        at = 1756684800
        for number in range(rows):
            at += chance.choice([0, 1, 20, 400, 1799, 1800, 1801, 7200]) / 10
            cost = chance.choice(["0.04", "0.08", "0.00000001", "12.5", ""])
            writer.writerow([
                f"req-{number}",
                chance.choice(["", *[f"user {one}" for one in range(40)]]),
                f"{at:.3f}",
                chance.choice(["succeeded", "succeeded", "succeeded", "timeout", "content_filtered", "failed",
                               "canceled", ""]),
                chance.choice([str(chance.randrange(1, 20000)), ""]),
                cost,
                chance.choice(["USD", "USD", "EUR", "JPY"]) if cost else "",
                chance.choice(["Größe L", "starter", "it's \"pro\"", ""]),
                chance.choice(["flux-1", "sd3", ""]),
                chance.choice(["DE", "FR", ""]),
                chance.choice(["", "", f"c{number // 50}"]),
                chance.choice(["up", "down", "", ""]),
                chance.choice(["true", "false", ""]),
                f"a tower of number {number % 97}",
            ])
