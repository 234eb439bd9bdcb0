// gsa inspect: which columns it takes for which signals, for the exports of real products and for
// everyday tables.

#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "duck/database.h"
#include "gsa_process.h"

namespace gsa::tests {
namespace {

namespace json = boost::json;

struct Inspected {
  Outcome outcome;
  json::object all;

  std::string text(const char* key) const {
    const json::value& value = all.at(key);
    return value.is_string() ? std::string(value.as_string()) : "";
  }
  std::int64_t number(const char* key) const { return all.at(key).as_int64(); }
  // "took_ms in ms", "a, b", "start to end"; "" if the signal is missing.
  std::string signal(std::string_view name) const {
    for (const json::value& one : all.at("signals").as_array()) {
      const json::object& object = one.as_object();
      if (object.at("signal").as_string() != name) continue;
      std::vector<std::string> parts;
      for (const json::value& path : object.at("paths").as_array()) {
        parts.emplace_back(path.as_string());
      }
      if (object.contains("from")) {
        parts.push_back(fmt::format("{} to {}", std::string_view(object.at("from").as_string()),
                                    std::string_view(object.at("until").as_string())));
      }
      std::string text = join(parts, ", ");
      if (object.at("unit").is_string()) {
        text += fmt::format(" in {}", std::string_view(object.at("unit").as_string()));
      }
      return text;
    }
    return "";
  }
  std::int64_t known(std::string_view name) const {
    for (const json::value& one : all.at("signals").as_array()) {
      if (one.at("signal").as_string() == name) return one.at("known").as_int64();
    }
    return -1;
  }
  // By word of the source: the status it is read as.
  std::map<std::string, std::string> statuses() const {
    std::map<std::string, std::string> found;
    for (const json::value& word : all.at("status_words").as_array()) {
      found[word.at("word").is_null() ? "" : std::string(word.at("word").as_string())] =
          word.at("status").is_null() ? "unknown" : std::string(word.at("status").as_string());
    }
    return found;
  }
};

Inspected inspect(const TempFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "inspect");
  arguments.insert(arguments.end(), {"--format", "json"});
  Inspected inspected{gsa(folder, arguments), {}};
  EXPECT_EQ(inspected.outcome.exit_code, 0) << inspected.outcome.err;
  if (inspected.outcome.exit_code == 0) {
    inspected.all = json::parse(inspected.outcome.out).as_object();
  }
  return inspected;
}

using Statuses = std::map<std::string, std::string>;

TEST(Inspect, TakesAPlainTableWithEverydayNames) {
  const TempFolder folder;
  folder.write("events.csv",
               "uid,ts,took_ms,outcome,price_usd,plan,country,prompt,stars,saved,app_version\n"
               "u1,2026-03-01T10:00:00Z,3200,ok,0.04,gold,DE,a cat,5,yes,1.0\n"
               "u1,2026-03-01T10:05:00Z,61000,timeout,0.00,gold,DE,a cat again,1,no,1.0\n"
               "u2,2026-03-01T11:00:00Z,2900,ok,0.04,basic,FR,a dog,,no,1.1\n"
               ",2026-03-02T11:00:00Z,-5,exploded,,basic,FR,a fox,,no,1.1\n");
  const Inspected found = inspect(folder, {"events.csv"});
  EXPECT_EQ(found.number("rows"), 4);
  EXPECT_EQ(found.signal("user"), "uid");
  EXPECT_EQ(found.signal("time"), "ts");
  EXPECT_EQ(found.signal("latency"), "took_ms in ms");
  EXPECT_EQ(found.signal("status"), "outcome");
  EXPECT_EQ(found.signal("cost"), "price_usd in USD");
  EXPECT_EQ(found.signal("tier"), "plan");
  EXPECT_EQ(found.signal("region"), "country");
  EXPECT_EQ(found.signal("feedback"), "stars in 1 to 5");
  EXPECT_EQ(found.signal("downloaded"), "saved");
  EXPECT_EQ(found.known("user"), 3);
  EXPECT_EQ(found.known("latency"), 3);
  EXPECT_EQ(found.number("users"), 2);
  EXPECT_EQ(found.statuses(),
            (Statuses{{"ok", "success"}, {"timeout", "timeout"}, {"exploded", "other"}}));
  EXPECT_EQ(found.text("verdict"), "It has what gsa needs of telemetry.");
  // What cannot be is counted, with its place.
  const json::array& findings = found.all.at("findings").as_array();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].at("what").as_string(), "values of 'took_ms' that are below 0");
  EXPECT_EQ(findings[0].at("place").as_string(), "events.csv, row 4");
  EXPECT_EQ(findings[0].at("example").as_string(), "-5");
}

TEST(Inspect, ReadsTheSameFromEveryFormat) {
  const TempFolder folder;
  duck::Connection connection = duck::Database({}).connect();
  connection.execute(
      "create table events as select 'r' || i as request_id, 'u' || i % 7 as user_id, "
      "timestamp '2026-03-01' + to_minutes(i) as created_at, 1000 + i * 10 as latency_ms, "
      "case when i % 5 = 0 then 'failed' else 'success' end as status, "
      "(i % 9)::decimal(8, 2) / 100 as cost_usd from range(500) t(i)");
  const auto copy = [&](const std::string& name, const std::string& options) {
    connection.execute(fmt::format("copy events to {} ({})", sql_quote(folder / name), options));
  };
  copy("a.parquet", "format parquet");
  copy("a.csv", "format csv, header");
  copy("a.csv.gz", "format csv, header, compression gzip");
  copy("a.jsonl", "format json");
  copy("a.json", "format json, array true");
  for (const char* name : {"a.parquet", "a.csv", "a.csv.gz", "a.jsonl", "a.json"}) {
    const Inspected found = inspect(folder, {name});
    EXPECT_EQ(found.number("rows"), 500) << name;
    EXPECT_EQ(found.number("users"), 7) << name;
    EXPECT_EQ(found.text("first_time"), "2026-03-01 00:00:00") << name;
    EXPECT_EQ(found.text("last_time"), "2026-03-01 08:19:00") << name;
    EXPECT_EQ(found.signal("latency"), "latency_ms in ms") << name;
    EXPECT_EQ(found.known("latency"), 500) << name;
    EXPECT_EQ(found.known("cost"), 500) << name;
    EXPECT_EQ(found.statuses(), (Statuses{{"failed", "model_error"}, {"success", "success"}}))
        << name;
    EXPECT_TRUE(found.all.at("findings").as_array().empty()) << found.outcome.out;
  }
}

TEST(Inspect, RecognisesLangfuseObservations) {
  const TempFolder folder;
  folder.write(
      "in.jsonl",
      R"({"id":"o1","trace_id":"t1","type":"GENERATION","start_time":"2026-03-01T10:00:00Z","end_time":"2026-03-01T10:00:03Z","level":"DEFAULT","status_message":null,"input":"a cat","provided_model_name":"dall-e-3","total_cost":0.04,"latency":3.0,"user_id":"u1","session_id":"s1"})"
      "\n"
      R"({"id":"o2","trace_id":"t2","type":"GENERATION","start_time":"2026-03-01T10:01:00Z","end_time":null,"level":"ERROR","status_message":"Request timed out","input":"a dog","provided_model_name":"dall-e-3","total_cost":0,"latency":60.0,"user_id":"u2","session_id":"s2"})"
      "\n"
      R"({"id":"o3","trace_id":"t3","type":"SPAN","start_time":"2026-03-01T10:02:00Z","end_time":null,"level":"DEFAULT","status_message":null,"input":"x","provided_model_name":null,"total_cost":null,"latency":1.0,"user_id":"u2","session_id":"s2"})"
      "\n");
  const Inspected found = inspect(folder, {"in.jsonl"});
  EXPECT_EQ(found.text("export"), "Langfuse observations");
  EXPECT_EQ(found.number("rows"), 3);
  EXPECT_EQ(found.number("events"), 2);
  EXPECT_EQ(found.signal("session"), "session_id");
  EXPECT_EQ(found.signal("cost"), "total_cost in USD");
  EXPECT_EQ(found.signal("model"), "provided_model_name");
  EXPECT_EQ(found.known("latency"), 2);
  EXPECT_EQ(found.statuses(), (Statuses{{"DEFAULT", "success"}, {"ERROR", "timeout"}}));
}

TEST(Inspect, RecognisesPostHogEventsWhosePropertiesAreAText) {
  const TempFolder folder;
  const auto event = [](const char* name, const char* properties) {
    return fmt::format(
        "{{\"uuid\":\"{0}\",\"event\":\"{0}\",\"distinct_id\":\"u1\","
        "\"timestamp\":\"2026-03-01T10:00:00Z\",\"properties\":{1}}}\n",
        name, json_quote(properties));
  };
  folder.write(
      "in.jsonl",
      event("$ai_generation",
            R"({"$ai_model":"sdxl","$ai_latency":2.5,"$ai_total_cost_usd":0.02,)"
            R"("$ai_is_error":false,"$ai_http_status":200,"$ai_session_id":"s"})") +
          event("$ai_generation", R"({"$ai_model":"sdxl","$ai_latency":0.5,"$ai_is_error":true,)"
                                  R"("$ai_http_status":429})") +
          event("$pageview", "{}"));
  const Inspected found = inspect(folder, {"in.jsonl"});
  EXPECT_EQ(found.text("export"), "PostHog events");
  EXPECT_EQ(found.number("events"), 2);
  EXPECT_EQ(found.signal("user"), "distinct_id");
  EXPECT_EQ(found.known("latency"), 2);
  EXPECT_EQ(found.known("cost"), 1);
  EXPECT_EQ(found.statuses(), (Statuses{{"false", "success"}, {"true", "rate_limited"}}));
}

TEST(Inspect, RecognisesPhoenixSpans) {
  const TempFolder folder;
  folder.write(
      "in.jsonl",
      R"({"context":{"trace_id":"t","span_id":"s1"},"start_time":"2026-03-01T10:00:00Z","end_time":"2026-03-01T10:00:02Z","status_code":"OK","status_message":"","attributes":{"llm.model_name":"sd","input":{"value":"a cat"},"user":{"id":"u1"}}})"
      "\n"
      R"({"context":{"trace_id":"t","span_id":"s2"},"start_time":"2026-03-01T10:01:00Z","end_time":"2026-03-01T10:01:04Z","status_code":"ERROR","status_message":"content policy","attributes":{"llm.model_name":"sd","input":{"value":"a dog"},"user":{"id":"u1"}}})"
      "\n");
  const Inspected found = inspect(folder, {"in.jsonl"});
  EXPECT_EQ(found.text("export"), "Phoenix spans");
  EXPECT_EQ(found.signal("generation"), "context.span_id");
  EXPECT_EQ(found.signal("latency"), "start_time to end_time");
  EXPECT_EQ(found.signal("prompt"), "attributes.input.value");
  EXPECT_EQ(found.known("model"), 2);
  EXPECT_EQ(found.known("user"), 2);
  EXPECT_EQ(found.statuses(), (Statuses{{"OK", "success"}, {"ERROR", "safety_violation"}}));
}

TEST(Inspect, RecognisesOtlpFiles) {
  const TempFolder folder;
  folder.write(
      "in.json",
      R"({"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{},"spans":[
    {"traceId":"t","spanId":"s1","name":"image","startTimeUnixNano":"1772359200000000000","endTimeUnixNano":"1772359203500000000",
     "attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"sdxl"}},{"key":"user.id","value":{"stringValue":"u1"}},
                   {"key":"gen_ai.usage.cost","value":{"doubleValue":0.04}}],"status":{}},
    {"traceId":"t","spanId":"s2","name":"image","startTimeUnixNano":"1772359260000000000","endTimeUnixNano":"1772359261000000000",
     "attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"sdxl"}},{"key":"user.id","value":{"stringValue":"u2"}},
                   {"key":"error.type","value":{"stringValue":"rate_limit_exceeded"}}],"status":{"code":2,"message":"nope"}}
  ]}]}]})");
  const Inspected found = inspect(folder, {"in.json"});
  EXPECT_EQ(found.text("export"), "OTLP spans");
  EXPECT_EQ(found.number("rows"), 2);
  EXPECT_EQ(found.known("time"), 2);
  EXPECT_EQ(found.known("latency"), 2);
  EXPECT_EQ(found.known("user"), 2);
  EXPECT_EQ(found.known("model"), 2);
  EXPECT_EQ(found.known("cost"), 1);
  EXPECT_EQ(found.statuses(), (Statuses{{"", "success"}, {"2", "rate_limited"}}));
}

TEST(Inspect, RecognisesReplicatePredictions) {
  const TempFolder folder;
  folder.write("in.json", R"({"next":null,"previous":null,"results":[
    {"id":"p1","model":"black-forest-labs/flux","version":"v1","status":"succeeded","error":null,"created_at":"2026-03-01T10:00:00.123456Z","started_at":"2026-03-01T10:00:01Z","completed_at":"2026-03-01T10:00:04Z","metrics":{"predict_time":2.9},"input":{"prompt":"a cat","seed":42}},
    {"id":"p2","model":"black-forest-labs/flux","version":"v1","status":"canceled","error":null,"created_at":"2026-03-01T10:10:00Z","started_at":null,"completed_at":"2026-03-01T10:10:02Z","metrics":{},"input":{"prompt":"a dog"}},
    {"id":"p3","model":"black-forest-labs/flux","version":"v1","status":"failed","error":"NSFW content detected","created_at":"2026-03-01T10:20:00Z","started_at":"2026-03-01T10:20:00Z","completed_at":"2026-03-01T10:20:02Z","metrics":{"predict_time":1.5},"input":{"prompt":"x"}}]})");
  const Inspected found = inspect(folder, {"in.json"});
  EXPECT_EQ(found.text("export"), "Replicate predictions");
  EXPECT_EQ(found.text("rows_path"), "results[]");
  EXPECT_EQ(found.number("rows"), 3);
  EXPECT_EQ(found.signal("prompt"), "input.prompt");
  EXPECT_EQ(found.known("prompt"), 3);
  EXPECT_EQ(found.known("seed"), 1);
  EXPECT_EQ(found.statuses(), (Statuses{{"succeeded", "success"},
                                        {"canceled", "cancelled"},
                                        {"failed", "safety_violation"}}));
}

TEST(Inspect, RecognisesFalRequests) {
  const TempFolder folder;
  folder.write("in.json", R"({"items":[
    {"request_id":"r1","endpoint_id":"fal-ai/flux","sent_at":"2026-03-01T10:00:00Z","started_at":"2026-03-01T10:00:00Z","ended_at":"2026-03-01T10:00:02Z","status_code":200,"duration":2.1,"json_input":{"prompt":"a cat"}},
    {"request_id":"r2","endpoint_id":"fal-ai/flux","sent_at":"2026-03-01T10:01:00Z","started_at":"2026-03-01T10:01:00Z","ended_at":"2026-03-01T10:01:02Z","status_code":504,"duration":60.0,"json_input":{"prompt":"a dog"}}],
    "next_cursor":null})");
  const Inspected found = inspect(folder, {"in.json"});
  EXPECT_EQ(found.text("export"), "fal requests");
  EXPECT_EQ(found.signal("time"), "sent_at");
  EXPECT_EQ(found.known("latency"), 2);
  EXPECT_EQ(found.known("prompt"), 2);
  EXPECT_EQ(found.statuses(), (Statuses{{"200", "success"}, {"504", "timeout"}}));
}

TEST(Inspect, SaysThatOpenAIUsageHasNoEvents) {
  const TempFolder folder;
  folder.write(
      "in.json",
      R"({"object":"page","data":[{"object":"bucket","start_time":1772359200,"end_time":1772445600,
    "results":[{"object":"organization.usage.images.result","images":3,"num_model_requests":3,"size":"1024x1024","model":"dall-e-3","user_id":"u1","project_id":"p"}]}]})");
  const Inspected found = inspect(folder, {"in.json"});
  EXPECT_EQ(found.text("export"), "OpenAI usage");
  EXPECT_NE(found.text("verdict").find("buckets of time"), std::string::npos);
}

TEST(Inspect, RecognisesStabilityResponses) {
  const TempFolder folder;
  folder.write(
      "in.jsonl",
      "{\"finish_reason\":\"SUCCESS\",\"seed\":7,\"user\":\"u1\",\"created_at\":1772359200}\n"
      "{\"finish_reason\":\"CONTENT_FILTERED\",\"seed\":8,\"user\":\"u1\",\"created_at\":"
      "1772359300}\n");
  const Inspected found = inspect(folder, {"in.jsonl"});
  EXPECT_EQ(found.text("export"), "Stability responses");
  EXPECT_EQ(found.signal("user"), "user");
  EXPECT_EQ(found.known("time"), 2);
  EXPECT_EQ(found.statuses(),
            (Statuses{{"SUCCESS", "success"}, {"CONTENT_FILTERED", "safety_violation"}}));
}

TEST(Inspect, RecognisesMidjourneyJobs) {
  const TempFolder folder;
  folder.write("in.json", R"([
    {"id":"j1","enqueue_time":"2026-03-01 10:00:00.123","full_command":"a red fox, studio light --ar 16:9 --v 6 --seed 99 --no hats","job_type":"v6_diffusion","event_type":"imagine","batch_size":4,"username":"ann"},
    {"id":"j2","enqueue_time":"2026-03-01 10:05:00.000","full_command":"a blue fox","job_type":"v6_diffusion","event_type":"imagine","batch_size":4,"username":"bob"}])");
  const Inspected found = inspect(folder, {"in.json"});
  EXPECT_EQ(found.text("export"), "Midjourney jobs");
  EXPECT_EQ(found.known("user"), 2);
  EXPECT_EQ(found.known("prompt"), 2);
  EXPECT_EQ(found.known("seed"), 1);
  EXPECT_EQ(found.known("model"), 1);
  EXPECT_EQ(found.known("negative_prompt"), 1);
  EXPECT_EQ(found.known("images"), 2);
}

TEST(Inspect, RecognisesCivitaiImages) {
  const TempFolder folder;
  folder.write("in.json", R"({"items":[
    {"id":1,"createdAt":"2026-03-01T10:00:00.000Z","username":"ann","nsfwLevel":"None","width":832,"height":1216,"stats":{"heartCount":3},"meta":{"prompt":"a cat","negativePrompt":"blurry","seed":18446744073709551615,"steps":30,"sampler":"Euler a","cfgScale":7,"Model":"pony"}},
    {"id":2,"createdAt":"2026-03-01T10:01:00.000Z","username":"bob","nsfwLevel":"Soft","width":832,"height":1216,"stats":{"heartCount":0},"meta":null}],"metadata":{"nextCursor":1}})");
  const Inspected found = inspect(folder, {"in.json"});
  EXPECT_EQ(found.text("export"), "Civitai images");
  EXPECT_EQ(found.known("prompt"), 1);
  EXPECT_EQ(found.known("seed"), 1);
  EXPECT_EQ(found.known("steps"), 1);
  EXPECT_NE(found.text("verdict").find("lacks"), std::string::npos);
}

TEST(Inspect, RecognisesTheLogOfAutomatic1111) {
  const TempFolder folder;
  folder.write("log.csv",
               "prompt,seed,width,height,sampler,cfgs,steps,filename,negative_prompt\n"
               "a cat,42,512,768,Euler a,7.0,20,00001.png,blurry\n"
               "\"a dog, running\",43,512,768,DPM++ 2M,7.5,20,00002.png,\n");
  const Inspected found = inspect(folder, {"log.csv"});
  EXPECT_EQ(found.text("export"), "AUTOMATIC1111 log");
  EXPECT_EQ(found.known("prompt"), 2);
  EXPECT_EQ(found.known("negative_prompt"), 1);
  EXPECT_NE(found.text("verdict").find("a time"), std::string::npos);
}

TEST(Inspect, RecognisesTheHistoryOfComfyUI) {
  const TempFolder folder;
  folder.write("history.json", R"({
    "aaa-1":{"prompt":[1,"aaa-1",{"3":{"class_type":"KSampler","inputs":{"seed":156680208700286,"steps":20,"cfg":8.0,"sampler_name":"euler"}},"6":{"class_type":"CLIPTextEncode","inputs":{"text":"a bottle"}}},{},[]],"outputs":{},"status":{"status_str":"success","completed":true,"messages":[["execution_start",{"timestamp":1772359200000}],["execution_success",{"timestamp":1772359204500}]]}},
    "bbb-2":{"prompt":[2,"bbb-2",{"3":{"class_type":"KSampler","inputs":{"seed":7,"steps":20,"cfg":8.0,"sampler_name":"euler"}},"6":{"class_type":"CLIPTextEncode","inputs":{"text":"a jar"}}},{},[]],"outputs":{},"status":{"status_str":"error","completed":false,"messages":[["execution_start",{"timestamp":1772359300000}],["execution_interrupted",{"timestamp":1772359301000}]]}}})");
  const Inspected found = inspect(folder, {"history.json"});
  EXPECT_EQ(found.text("export"), "ComfyUI history");
  EXPECT_EQ(found.number("rows"), 2);
  EXPECT_EQ(found.known("generation"), 2);
  EXPECT_EQ(found.known("time"), 2);
  EXPECT_EQ(found.known("latency"), 2);
  EXPECT_EQ(found.known("prompt"), 2);
  EXPECT_EQ(found.known("seed"), 2);
  EXPECT_EQ(found.statuses(), (Statuses{{"success", "success"}, {"error", "cancelled"}}));
}

TEST(Inspect, RecognisesHeliconeRequests) {
  const TempFolder folder;
  folder.write("in.csv",
               "request_id,request_created_at,request_prompt,request_user_id,response_status,"
               "delay_ms,request_feedback,provider,model\n"
               "r1,2026-03-01 10:00:00.000,a cat,u1,200,3200,true,OPENAI,dall-e-3\n"
               "r2,2026-03-01 10:01:00.000,a dog,u1,429,90,false,OPENAI,dall-e-3\n");
  const Inspected found = inspect(folder, {"in.csv"});
  EXPECT_EQ(found.text("export"), "Helicone requests");
  EXPECT_EQ(found.signal("latency"), "delay_ms in ms");
  EXPECT_EQ(found.known("feedback"), 2);
  EXPECT_EQ(found.statuses(), (Statuses{{"200", "success"}, {"429", "rate_limited"}}));
}

TEST(Inspect, RecognisesLiteLLMSpendLogs) {
  const TempFolder folder;
  folder.write(
      "in.csv",
      "request_id,call_type,spend,startTime,endTime,model,user,end_user,metadata,status\n"
      "r1,aimage_generation,0.04,2026-03-01T10:00:00Z,2026-03-01T10:00:05Z,dall-e-3,a,u1,"
      "\"{}\",success\n"
      "r2,image_generation,0,2026-03-01T10:01:00Z,2026-03-01T10:01:01Z,dall-e-3,a,u2,"
      "\"{\"\"error_information\"\":{\"\"error_code\"\":\"\"429\"\"}}\",failure\n"
      "r3,acompletion,0.01,2026-03-01T10:02:00Z,2026-03-01T10:02:01Z,gpt,a,u2,{},success\n");
  const Inspected found = inspect(folder, {"in.csv"});
  EXPECT_EQ(found.text("export"), "LiteLLM spend logs");
  EXPECT_EQ(found.number("events"), 2);
  EXPECT_EQ(found.signal("latency"), "startTime to endTime");
  EXPECT_EQ(found.known("latency"), 2);
  EXPECT_EQ(found.statuses(), (Statuses{{"success", "success"}, {"failure", "rate_limited"}}));
}

TEST(Inspect, FollowsTheMappingThatIsGiven) {
  const TempFolder folder;
  folder.write("in.jsonl",
               "{\"who\":{\"id\":\"u1\"},\"at\":1772359200,\"t\":90,\"state\":\"KO\"}\n"
               "{\"who\":{\"id\":\"u2\"},\"at\":1772359300,\"t\":95,\"state\":\"OK\"}\n");
  const Inspected by_option = inspect(
      folder, {"in.jsonl", "--map", "user=who.id", "--map", "time=at:s", "--map", "latency=t:ms"});
  EXPECT_EQ(by_option.known("user"), 2);
  EXPECT_EQ(by_option.known("latency"), 2);
  folder.write("map.yml",
               "signals:\n  user: who.id\n  time: at\n  latency: {path: t, unit: s}\n"
               "  status: {path: state, words: {KO: timeout}}\n");
  const Inspected by_file = inspect(folder, {"in.jsonl", "--map", "map.yml"});
  EXPECT_EQ(by_file.signal("latency"), "t in s");
  EXPECT_EQ(by_file.statuses(), (Statuses{{"KO", "timeout"}, {"OK", "success"}}));
}

TEST(Inspect, WritesAMappingThatGivesTheSame) {
  const TempFolder folder;
  folder.write("events.csv",
               "user_id,created_at,duration_s,status\nu1,2026-03-01T10:00:00Z,3.2,ok\n"
               "u2,2026-03-01T10:05:00Z,2.9,failed\n");
  const Inspected found = inspect(folder, {"events.csv", "--write", "events.yml"});
  const Inspected again = inspect(folder, {"events.csv", "--map", "events.yml"});
  EXPECT_EQ(again.signal("latency"), found.signal("latency"));
  EXPECT_EQ(again.signal("status"), "status");
  EXPECT_EQ(again.statuses(), found.statuses());
  // It never writes over a file.
  const Outcome second = gsa(folder, {"inspect", "events.csv", "--write", "events.yml"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_NE(second.err.find("events.yml exists already"), std::string::npos) << second.err;
}

TEST(Inspect, NamesAPathThatTheSourceLacks) {
  const TempFolder folder;
  folder.write("events.csv", "user_id,created_at\nu1,2026-03-01T10:00:00Z\n");
  const Outcome run = gsa(folder, {"inspect", "events.csv", "--map", "user=usr_id"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_NE(run.err.find("the source has no column 'usr_id'"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("did you mean 'user_id'?"), std::string::npos) << run.err;
}

TEST(Inspect, ShowsPeopleATable) {
  const TempFolder folder;
  folder.write("events.csv",
               "user_id,created_at,duration_s,status,app\nu1,2026-03-01T10:00:00Z,3.2,ok,a\n"
               "u2,2026-03-01T10:05:00Z,2.9,failed,b\n");
  const Outcome run = gsa(folder, {"inspect", "events.csv"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("events.csv: 2 rows"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("duration_s"), std::string::npos);
  EXPECT_NE(run.out.find("in s by its name"), std::string::npos);
  EXPECT_NE(run.out.find("to group by"), std::string::npos);
}

}  // namespace
}  // namespace gsa::tests
