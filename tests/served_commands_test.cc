// Commands beside a `gsa serve` that holds the warehouse: they work through the server, as if they
// were alone.

#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/unix_socket.h"
#include "duck/database.h"
#include "serve_fixture.h"

namespace gsa::tests {
namespace {

class ServedCommands : public Serve {
 protected:
  Outcome on_warehouse(Arguments line, const ProcessOptions& options) {
    line.insert(line.end(), {"--warehouse", warehouse_});
    return GsaProcess(line, options).wait();
  }
  Outcome on_warehouse(const Arguments& line) {
    return on_warehouse(line, {folder_.path(), {}, {}});
  }
  std::unique_ptr<GsaProcess> begin(Arguments line) {
    line.insert(line.end(), {"--warehouse", warehouse_});
    return std::make_unique<GsaProcess>(line, ProcessOptions{folder_.path(), {}, {}});
  }
  // Starts a long run and waits until it is under way.
  std::unique_ptr<GsaProcess> begin_long_run() {
    auto run = begin({"run", "--prompts", "400000", "--users", "5000", "--source", "synthetic"});
    EXPECT_TRUE(becomes_true([&] { return status_of_last_run() == "running"; }));
    return run;
  }
  std::string status_of_last_run() {
    return read_cell(warehouse_, "select status from ops.runs order by run_id desc limit 1");
  }
  std::string sh(const std::string& command) {
    const std::string out = folder_ / "sh.txt";
    const int code = std::system(
        fmt::format("cd '{}' && ({}) >'{}' 2>&1", folder_.path().string(), command, out).c_str());
    EXPECT_EQ(code, 0);
    return read_file(out);
  }
};

TEST_F(ServedCommands, PrintWhatTheyPrintAlone) {
  const std::vector<Arguments> lines = {
      {"summary"},
      {"summary", "--format", "json"},
      {"assets"},
      {"assets", "graph"},
      {"assets", "show", "fct_sessions"},
      {"assets", "show", "fct_sesions"},
      {"runs"},
      {"runs", "show", "1"},
      {"runs", "--format", "csv"},
      {"plan"},
      {"plan", "--vars", "{session_gap_minutes: 15}"},
      {"sql", "from fct_sessions order by session_id limit 3"},
      {"sql", "select 1 as a; select 2 as b", "--format", "json"},
      {"sql", "select nothing"},
      {"sql", "describe fct_sessions", "--format", "table"},
      {"sql", "pivot (select user_tier from fct_sessions) on user_tier using count(*)"},
      {"sql", "create temp table t as select 7 as n; from t"},
      {"sql", "copy fct_sessions to 'x.csv'"},
      {"sql"},
      {"run", "--prompts", "0"},
      {"run", "--source", "nothing.csv"},
      {"export"},
  };
  std::vector<Outcome> alone;
  for (const Arguments& line : lines) alone.push_back(on_warehouse(line));
  start();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Outcome served = on_warehouse(lines[i]);
    const std::string name = fmt::format("gsa {}", fmt::join(lines[i], " "));
    EXPECT_EQ(served.out, alone[i].out) << name;
    EXPECT_EQ(served.err, alone[i].err) << name;
    EXPECT_EQ(served.exit_code, alone[i].exit_code) << name;
  }
}

TEST_F(ServedCommands, MakeTheSameTables) {
  const Arguments run = {"run", "--prompts", "3000", "--seed", "5", "--source", "synthetic"};
  const std::string copy = folder_ / "copy.duckdb";
  std::filesystem::copy_file(warehouse_, copy);
  start();
  const Outcome served = on_warehouse(run);
  EXPECT_EQ(served.exit_code, 0) << served.err;
  Arguments line = run;
  line.insert(line.end(), {"--warehouse", copy});
  const Outcome alone = gsa(folder_, line);
  EXPECT_EQ(served.out, alone.out);
  const std::string checksums =
      "select asset, partition, checksum from ops.materializations where run_id = 2 order by all";
  EXPECT_EQ(read_rows(warehouse_, checksums), read_rows(copy, checksums));
  EXPECT_EQ(on_warehouse({"test"}).exit_code, 0);
  EXPECT_EQ(on_warehouse({"build", "--vars", "{session_gap_minutes: 15}"}).exit_code, 0);
  // The dashboard shows the results of the commands.
  EXPECT_TRUE(contains(post("/api/metrics", R"({"queries": [{"measures": ["generations"]}]})").body,
                       "\"values\":[3000]"));
}

TEST_F(ServedCommands, WorkInTheFolderOfWhoCallsThem) {
  folder_.write("own/p1.csv", "prompt\na cat\na dog\n");
  folder_.write("own/p2.csv", "prompt\na bird\n");
  folder_.write("own/q.sql", "select 42 as answer");
  start();
  const ProcessOptions own = {folder_ / "own", {}, {}};
  const Outcome query = on_warehouse({"sql", "-f", "q.sql", "--format", "csv"}, own);
  EXPECT_EQ(query.out, "answer\n42\n") << query.err;
  const Outcome relative =
      on_warehouse({"sql", "select count(*) as n from 'p1.csv'", "--format", "csv"}, own);
  EXPECT_EQ(relative.out, "n\n2\n") << relative.err;
  const Outcome file =
      on_warehouse({"sql", "select 1 as a", "--format", "csv", "-o", "a.csv"}, own);
  EXPECT_EQ(file.exit_code, 0) << file.err;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "own/a.csv"));
  const Outcome parquet =
      on_warehouse({"sql", "select 1 as a", "--format", "parquet", "-o", "a.parquet"}, own);
  EXPECT_EQ(parquet.exit_code, 0) << parquet.err;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "own/a.parquet"));
  const Outcome exported = on_warehouse({"export", "out"}, own);
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "own/out/fct_sessions.parquet"));
  for (const char* source : {"p1.csv", "p*.csv"}) {
    const Outcome run = on_warehouse({"run", "--source", source, "--prompts", "10"}, own);
    EXPECT_EQ(run.exit_code, 0) << run.err;
  }
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from raw_prompts"), "3");
  // Without the server, nothing of it is stale afterwards.
  server_->signal(SIGTERM);
  server_->wait();
  const Outcome alone = on_warehouse({"run", "--source", "p*.csv", "--prompts", "10"}, own);
  EXPECT_TRUE(contains(alone.err, "Nothing is stale")) << alone.err;
}

TEST_F(ServedCommands, ReadTheirOwnInputAndEnvironment) {
  folder_.write("in.sql", "select 'from stdin' as a");
  start();
  const auto in = [&] { dup2(open((folder_ / "in.sql").c_str(), O_RDONLY), STDIN_FILENO); };
  const Outcome query =
      on_warehouse({"sql", "-f", "-", "--format", "csv"}, {folder_.path(), {}, in});
  EXPECT_EQ(query.out, "a\nfrom stdin\n") << query.err;
  const Outcome days = on_warehouse({"test"}, {folder_.path(), {"GSA_HISTORY_DAYS=x"}, {}});
  EXPECT_EQ(days.exit_code, 2);
  EXPECT_TRUE(contains(days.err, "'x' is not a whole number")) << days.err;
}

TEST_F(ServedCommands, WriteToTheirTerminal) {
  const Arguments line = {"run", "--prompts", "0", "--warehouse", warehouse_};
  const Arguments shown = {"runs", "show", "1", "--warehouse", warehouse_};
  const std::string alone = on_a_terminal(folder_, shown, {});
  start();
  EXPECT_TRUE(contains(on_a_terminal(folder_, line, {}), "\033[31merror:"));
  EXPECT_FALSE(contains(on_a_terminal(folder_, line, {"NO_COLOR=1"}), "\033["));
  EXPECT_EQ(on_a_terminal(folder_, shown, {}), alone);
}

TEST_F(ServedCommands, EndQuietlyWhereNobodyReadsOn) {
  start();
  const std::string said = sh(fmt::format(
      "bash -c '\"{}\" sql \"from range(50000000)\" --format csv --warehouse \"{}\" | head -n 2; "
      "echo ${{PIPESTATUS[0]}}'",
      gsa_binary(), warehouse_));
  EXPECT_EQ(said, "range\n0\n141\n");
}

TEST_F(ServedCommands, LeaveTheServerAsItIs) {
  start();
  for (const char* sql :
       {"drop table fct_sessions", "delete from fct_sessions", "create table x as select 1"}) {
    const Outcome outcome = on_warehouse({"sql", sql});
    EXPECT_EQ(outcome.exit_code, 1) << sql << "\n" << outcome.out;
  }
  // Settings of the process affect only the query's own process.
  for (const char* sql : {"set threads = 1", "set memory_limit = '10MB'", "use memory; select 1",
                          "pragma memory_limit = '10MB'", "load parquet", "reset threads",
                          "begin transaction; select 1; commit"}) {
    const Outcome outcome = on_warehouse({"sql", sql});
    EXPECT_TRUE(outcome.exit_code == 0 || contains(sql, "use")) << sql << "\n" << outcome.err;
  }
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from fct_generations"), "2000");
  EXPECT_EQ(get("/healthz").status, 200);
}

// The query ends DuckDB's instance by an internal error, in the command's own process.
TEST_F(ServedCommands, AreNotHarmedByAQueryThatBreaksDuckDb) {
  start();
  const Outcome outcome =
      on_warehouse({"sql",
                    "select cume_dist(order by b) over (order by a rows between 3 following and 1 "
                    "following) from (values (1, 3), (2, 2), (3, 1)) t(a, b)"});
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(on_warehouse({"summary"}).exit_code, 0);
  EXPECT_EQ(on_warehouse({"sql", "select 1"}).exit_code, 0);
}

TEST_F(ServedCommands, ReadASnapshotThatAnyToolMayOpen) {
  start();
  const std::string snapshot = folder_ / "w.read.duckdb";
  EXPECT_TRUE(contains(said_, snapshot)) << said_;
  EXPECT_FALSE(std::filesystem::exists(snapshot));
  EXPECT_EQ(on_warehouse({"sql", "select 1"}).exit_code, 0);
  const duck::Database held({snapshot, true, 1, ""});
  duck::Connection connection = held.connect();
  EXPECT_EQ(connection.query_int64("select count(*) from fct_generations"), 2000);
  const Outcome run =
      on_warehouse({"run", "--prompts", "3000", "--seed", "5", "--source", "synthetic"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from fct_generations"), "3000");
  EXPECT_EQ(connection.query_int64("select count(*) from fct_generations"), 2000);
}

TEST_F(ServedCommands, ReadTheLastSnapshotDuringARunWithoutAServer) {
  start();
  EXPECT_EQ(on_warehouse({"sql", "select 1"}).exit_code, 0);
  server_->signal(SIGTERM);
  server_->wait();
  const auto run =
      begin({"run", "--prompts", "600000", "--users", "5000", "--source", "synthetic"});
  ASSERT_TRUE(becomes_true([&] { return contains(run->errors_so_far(), "assets to make"); }));
  Outcome query;
  ASSERT_TRUE(becomes_true([&] {
    query = on_warehouse({"sql", "select count(*) as n from fct_generations", "--format", "csv"});
    return contains(query.err, "snapshot");
  })) << run->errors_so_far();
  EXPECT_EQ(query.out, "n\n2000\n");
  EXPECT_TRUE(contains(query.err, "is in use by ")) << query.err;
  EXPECT_TRUE(contains(query.err, "; this is its snapshot of run 1, published 20")) << query.err;
  EXPECT_EQ(on_warehouse({"summary", "--quiet"}).exit_code, 0);
  EXPECT_EQ(run->wait().exit_code, 0);
  // The run has updated the snapshot.
  EXPECT_EQ(read_cell(folder_ / "w.read.duckdb", "select count(*) from fct_generations"), "600000");
}

// An unknown program connects to the socket.
TEST_F(ServedCommands, OutliveAPeerThatIsGarbledSilentOrTooLong) {
  start();
  const std::string path = warehouse_ + ".serve";
  std::vector<Fd> silent;
  for (int i = 0; i < 40; ++i) {
    auto socket = connect_to(path, std::chrono::seconds(5));
    ASSERT_TRUE(socket);
    silent.push_back(std::move(*socket));
  }
  const auto begun = Clock::now();
  EXPECT_EQ(on_warehouse({"sql", "select 1"}).exit_code, 0);
  EXPECT_EQ(on_warehouse({"summary"}).exit_code, 0);
  EXPECT_LT(Clock::now() - begun, kPatience);
  const std::vector<std::string> garbled = {
      std::string(8, '\xff'),
      std::string("\4\0\0\0\310\0\0\0", 8),
      std::string(100'000, 'x'),
      encode_frame(std::vector<std::string>{}),
      encode_frame(std::vector<std::string>{"", ""}),
      encode_frame(std::vector<std::string>{"0.1.0", "command", "1", "serve"}),
      encode_frame(std::vector<std::string>{"0.1.0", "command", "99999999999999999999", "runs"}),
      encode_frame(std::vector<std::string>{"0.1.0", "snapshot"}) + std::string(8, '\xff')};
  for (const std::string& bytes : garbled) {
    const auto socket = connect_to(path, std::chrono::seconds(5));
    ASSERT_TRUE(socket);
    EXPECT_GT(write(socket->get(), bytes.data(), bytes.size()), 0);
    // The connection gets an answer or is closed.
    MessageReader reader;
    EXPECT_NE(reader.wait(*socket, kPatience), MessageReader::State::unfinished);
  }
  // The client of a running command sends garbage.
  const auto run = begin_long_run();
  run->signal(SIGINT);
  EXPECT_EQ(run->wait().exit_code, 130);
  EXPECT_EQ(on_warehouse({"summary"}).exit_code, 0);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(ServedCommands, SayThatTheServerDoesNotAnswer) {
  start();
  server_->signal(SIGSTOP);
  const Outcome outcome = on_warehouse({"summary"});
  server_->signal(SIGCONT);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "does not answer")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "hint:")) << outcome.err;
  EXPECT_EQ(on_warehouse({"summary"}).exit_code, 0);
}

TEST_F(ServedCommands, AreNotTakenWhereAFileIsInTheWayOfTheSocket) {
  std::ofstream(warehouse_ + ".serve") << "mine";
  const Outcome outcome = on_warehouse({"serve", "--port", "0"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "in the way")) << outcome.err;
  EXPECT_EQ(read_file(warehouse_ + ".serve"), "mine");
}

TEST_F(ServedCommands, AreInterruptedByTheirCtrlC) {
  const auto before = read_publication(warehouse_);
  start();
  const auto run = begin_long_run();
  const auto begun = Clock::now();
  run->signal(SIGINT);
  const Outcome outcome = run->wait();
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_TRUE(contains(outcome.err, "interrupted")) << outcome.err;
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(10));  // 0.5 s on an idle machine
  EXPECT_EQ(status_of_last_run(), "interrupted");
  EXPECT_EQ(read_publication(warehouse_), before);
  const auto query =
      begin({"sql", "select sum(a.range * b.range) from range(1000000) a, range(1000000) b"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  query->signal(SIGINT);
  EXPECT_EQ(query->wait().exit_code, 130);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(ServedCommands, EndWithTheProcessThatAsked) {
  start();
  const auto run = begin_long_run();
  run->signal(SIGKILL);
  run->wait();
  EXPECT_TRUE(becomes_true([&] { return status_of_last_run() == "interrupted"; }));
  EXPECT_EQ(on_warehouse({"run", "--prompts", "1000", "--source", "synthetic"}).exit_code, 0);
}

TEST_F(ServedCommands, WriteOneAtATimeAndReadMeanwhile) {
  start();
  const auto run = begin_long_run();
  const Outcome second = on_warehouse({"run", "--prompts", "1000"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_TRUE(contains(second.err, "is in use by gsa run --prompts 400000")) << second.err;
  EXPECT_TRUE(contains(second.err, "--wait")) << second.err;
  const Answer third = post("/api/runs", "{}");
  EXPECT_EQ(third.status, 409) << third.body;
  EXPECT_TRUE(contains(third.body, "gsa run --prompts 400000")) << third.body;
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from fct_generations"), "2000");
  EXPECT_EQ(on_warehouse({"summary"}).exit_code, 0);
  EXPECT_EQ(on_warehouse({"export", "out"}).exit_code, 0);
  const auto waiting = begin({"run", "--wait", "--prompts", "1000", "--source", "synthetic"});
  EXPECT_TRUE(becomes_true([&] { return contains(waiting->errors_so_far(), "; waiting"); }));
  run->signal(SIGINT);
  run->wait();
  EXPECT_EQ(waiting->wait().exit_code, 0);
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from fct_generations"), "1000");
}

TEST_F(ServedCommands, AreFollowedAndStoppedFromTheDashboard) {
  start();
  Client events(port_);
  ASSERT_TRUE(events.request("GET", "/api/events"));
  const auto run = begin_long_run();
  Client client(port_);
  client.request("DELETE", "/api/runs/2");
  EXPECT_EQ(client.read_answer().status, 202);
  const Outcome outcome = run->wait();
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  EXPECT_EQ(on_warehouse({"run", "--prompts", "1000", "--source", "synthetic"}).exit_code, 0);
  server_->signal(SIGTERM);
  server_->wait();
  const std::string stream = events.read_to_end();
  for (const char* event : {"run_started", "step", "published", "run_finished"}) {
    EXPECT_TRUE(contains(stream, fmt::format("event: {}\n", event))) << event;
  }
}

TEST_F(ServedCommands, AreInterruptedWhereTheServerStops) {
  const auto before = read_publication(warehouse_);
  start();
  const auto run = begin_long_run();
  server_->signal(SIGTERM);
  EXPECT_EQ(run->wait().exit_code, 130);
  EXPECT_EQ(server_->wait().exit_code, 0);
  EXPECT_EQ(read_publication(warehouse_), before);
  EXPECT_EQ(status_of_last_run(), "interrupted");
  EXPECT_FALSE(std::filesystem::exists(warehouse_ + ".serve"));
}

TEST_F(ServedCommands, SayWhereTheServerWasKilled) {
  const auto before = read_publication(warehouse_);
  start();
  const auto run = begin_long_run();
  server_->signal(SIGKILL);
  const Outcome outcome = run->wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "ended before the command did")) << outcome.err;
  // Its leftovers beside the warehouse do not disturb later commands.
  EXPECT_EQ(read_publication(warehouse_), before);
  EXPECT_EQ(status_of_last_run(), "interrupted");
  start();
  EXPECT_EQ(on_warehouse({"summary"}).exit_code, 0);
}

TEST_F(ServedCommands, AWatchHasItsRunsServed) {
  folder_.write("p.csv", "prompt\na cat\n");
  const auto watch = begin({"watch", "--source", "p.csv", "--prompts", "10", "--debounce", "50"});
  const auto made = [&](const char* count) {
    return becomes_true([&] {
      try {
        return read_cell(warehouse_, "select count(*) from raw_prompts") == count;
      } catch (const std::runtime_error&) {
        return false;  // gsa watch has locked the warehouse
      }
    });
  };
  ASSERT_TRUE(made("1"));
  start();
  folder_.write("p.csv", "prompt\na cat\na dog\n");
  EXPECT_TRUE(made("2")) << watch->errors_so_far();
  server_->signal(SIGTERM);
  server_->wait();
  folder_.write("p.csv", "prompt\na cat\na dog\na bird\n");
  EXPECT_TRUE(made("3")) << watch->errors_so_far();
  watch->signal(SIGINT);
  EXPECT_EQ(watch->wait().exit_code, 0);
}

}  // namespace
}  // namespace gsa::tests
