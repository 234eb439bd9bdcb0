// Errors of the warehouse file, and the messages that the user then reads.

#include <csignal>
#include <cstring>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "duck/database.h"
#include "golden.h"

namespace gsa::tests {
namespace {

using Arguments = std::vector<std::string>;

void expect_error(const Outcome& outcome, const std::string& part) {
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(contains(outcome.err, "error: ")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, part)) << outcome.err;
}

TEST(Warehouse, ThatCannotBeOneIsAClearError) {
  const TempFolder folder;
  folder.write("text.duckdb", "not a database\n");
  folder.write("empty.duckdb", "");
  std::filesystem::create_directory(folder / "folder");
  const std::string whole = read_file(small_warehouse());
  folder.write("cut.duckdb", whole.substr(0, 100'000));
  std::string broken = whole;
  broken[300] ^= 1;  // in the first header
  folder.write("broken.duckdb", broken);
  std::string all;
  for (const char* name :
       {"text.duckdb", "empty.duckdb", "folder", "cut.duckdb", "broken.duckdb"}) {
    const std::string before = std::string(name) == "folder" ? "" : read_file(folder / name);
    for (const char* command : {"run", "build", "summary"}) {
      if (std::string(name) == "empty.duckdb" && std::string(command) == "run")
        continue;  // run creates the warehouse
      const Arguments line = {command, "--warehouse", name};
      const Outcome outcome = gsa(folder, line);
      EXPECT_EQ(outcome.exit_code, 1) << command << " " << name;
      EXPECT_EQ(outcome.out, "");
      all += transcript(folder, line, outcome);
    }
    if (std::string(name) != "folder") {
      EXPECT_TRUE(read_file(folder / name) == before) << name;
    }
  }
  for (const char* command : {"build", "test", "summary"}) {
    const Arguments line = {command, "--warehouse", "nowhere/x.duckdb"};
    all += transcript(folder, line, gsa(folder, line));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "nowhere"));
  expect_golden("not_a_warehouse.txt", std::regex_replace(all, std::regex(R"(\d{5,})"), "N"));
}

// The main header has a checksum of the rest, then "DUCK", then the storage version.
std::string with_storage_version(std::string bytes, std::uint64_t version) {
  constexpr std::size_t kHeader = 4096, kChecksum = 8;
  std::memcpy(bytes.data() + kChecksum + 4, &version, sizeof version);
  std::uint64_t checksum = 5381;
  for (std::size_t at = kChecksum; at < kHeader; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    checksum ^= word * 0xbf58476d1ce4e5b9;
  }
  std::memcpy(bytes.data(), &checksum, sizeof checksum);
  return bytes;
}

TEST(Warehouse, OfANewerDuckDbOrGsaSaysSo) {
  const TempFolder folder;
  const std::string path = copy_small_warehouse(folder);
  const std::string bytes = read_file(path);
  folder.write("data/warehouse.duckdb", with_storage_version(bytes, 64));
  const Outcome same = gsa(folder, {"summary"});
  folder.write("data/warehouse.duckdb", with_storage_version(bytes, 250));
  expect_error(gsa(folder, {"summary"}), "was written by a newer version of DuckDB than v1.");
  expect_error(gsa(folder, {"run"}), "was written by a newer version of DuckDB than v1.");
  EXPECT_FALSE(contains(same.err, "damaged")) << "the checksum of this test is wrong: " << same.err;

  folder.write("data/warehouse.duckdb", bytes);
  {
    duck::Database database({path, false, 1, ""});
    database.connect().execute("update ops.provenance set warehouse_format = 1000");
  }
  for (const char* command : {"summary", "run", "build"}) {
    expect_error(gsa(folder, {command}), "was written by a newer version of gsa");
  }
}

TEST(Warehouse, OfAnotherProgramSaysThatNothingIsPublished) {
  const TempFolder folder;
  {
    duck::Database database({folder / "other.duckdb", false, 1, ""});
    database.connect().execute("create table mine as select 1 as i");
  }
  const auto with = [&](Arguments line) {
    line.insert(line.end(), {"--warehouse", "other.duckdb"});
    return gsa(folder, line);
  };
  expect_error(with({"summary"}), "nothing is published in this warehouse yet");
  expect_error(with({"export", "out"}), "nothing is published in this warehouse yet");
  expect_error(with({"build"}),
               "lacks the tables that the models read: raw_generations, raw_prompts, raw_users");
  expect_error(with({"test"}), "lacks the models to be tested: ");
  EXPECT_EQ(with({"run", "--prompts", "100", "--quiet"}).exit_code, 0);
  EXPECT_EQ(with({"sql", "from mine", "--format", "csv"}).out, "i\n1\n");
}

TEST(Warehouse, WithRawTablesMadeElsewhereIsBuilt) {
  const TempFolder folder;
  copy_small_warehouse(folder);
  {
    duck::Database database({folder / "other.duckdb", false, 1, ""});
    duck::Connection connection = database.connect();
    connection.execute(
        fmt::format("attach {} as w (read_only)", sql_quote(folder / "data/warehouse.duckdb")));
    for (const char* table : {"raw_prompts", "raw_users", "raw_generations"}) {
      connection.execute(fmt::format("create table {0} as from w.{0}", table));
    }
  }
  const Outcome build = gsa(folder, {"build", "--quiet", "--warehouse", "other.duckdb"});
  EXPECT_EQ(build.exit_code, 0) << build.err;
  const std::string query = "select * from user_friction_summary order by all";
  EXPECT_EQ(gsa(folder, {"sql", query, "--warehouse", "other.duckdb"}).out,
            gsa(folder, {"sql", query}).out);
  const Outcome summary = gsa(folder, {"summary", "--warehouse", "other.duckdb"});
  EXPECT_EQ(summary.exit_code, 0) << summary.err;
  EXPECT_EQ(gsa(folder, {"test", "--warehouse", "other.duckdb"}).exit_code, 0);
}

bool has_open(pid_t pid, const std::string& file) {
  std::error_code ignored;  // the process and its files may vanish meanwhile
  for (const auto& link :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid), ignored)) {
    if (std::filesystem::read_symlink(link.path(), ignored) == file) return true;
  }
  return false;
}

TEST(Warehouse, WithRawTablesOfAnotherGsaIsMadeAnewByRun) {
  const TempFolder folder;
  std::filesystem::copy_file(small_warehouse(), folder / "w.duckdb");
  {
    duck::DatabaseOptions options;
    options.path = folder / "w.duckdb";
    duck::Database(options).connect().execute(
        "update ops.code_versions set code = map {'code': 'version 1'} where asset = "
        "'raw_prompts'");
  }
  expect_error(gsa(folder, {"build", "--warehouse", "w.duckdb", "--full-refresh"}),
               "the raw tables were made by another version of gsa");
  const Outcome run = gsa(folder, {"run", "--warehouse", "w.duckdb", "--prompts", "100"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  const Outcome build = gsa(folder, {"build", "--warehouse", "w.duckdb", "--full-refresh"});
  EXPECT_EQ(build.exit_code, 0) << build.err;
}

TEST(Warehouse, InUseSaysByWhom) {
  const TempFolder folder;
  const std::string path = std::filesystem::canonical(copy_small_warehouse(folder));
  GsaProcess holder({"run", "--prompts", "3000000", "--threads", "1"}, {folder.path(), {}, {}});
  while (holder.running() && !has_open(holder.pid(), path)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const std::string pid = fmt::format("(PID {})", holder.pid());
  for (const Arguments& line : {Arguments{"summary"}, {"run"}, {"sql", "select 1"}, {"build"}}) {
    const Outcome outcome = gsa(folder, line);
    ASSERT_TRUE(holder.running());
    expect_error(outcome, "data/warehouse.duckdb is in use by ");
    EXPECT_TRUE(contains(outcome.err, pid)) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "\nhint: wait until it is done")) << outcome.err;
  }
  holder.signal(SIGKILL);
  holder.wait();
  EXPECT_EQ(gsa(folder, {"summary", "--quiet"}).exit_code, 0);
}

TEST(Warehouse, InUseByAnotherProgramSaysByWhom) {
  const TempFolder folder;
  const std::string path = copy_small_warehouse(folder);
  const duck::Database held({path, false, 1, ""});
  for (const char* command : {"summary", "run"}) {
    expect_error(gsa(folder, {command}), fmt::format("(PID {})", getpid()));
  }
}

// Runs as root, but without root's right to ignore permissions.
ProcessOptions bound_by_permissions(const TempFolder& folder) {
  return {folder.path(), {}, [] {
            if (geteuid() != 0) return;
            for (const int right : {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH}) {
              if (prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0) _exit(126);
            }
          }};
}

TEST(Warehouse, WithoutPermissionIsAClearError) {
  namespace fs = std::filesystem;
  const TempFolder folder;
  const std::string path = copy_small_warehouse(folder);
  const auto run = [&](const Arguments& line) {
    return GsaProcess(line, bound_by_permissions(folder)).wait();
  };
  fs::permissions(path, fs::perms(0444));
  expect_error(run({"run"}), "the warehouse data/warehouse.duckdb is read-only");
  EXPECT_EQ(run({"summary"}).exit_code, 0);
  fs::permissions(path, fs::perms(0666));
  fs::permissions(folder / "data", fs::perms(0555));
  expect_error(run({"run"}), "cannot write into the folder ");
  EXPECT_EQ(run({"summary"}).exit_code, 0);
  fs::permissions(path, fs::perms(0000));
  expect_error(run({"summary"}), "the warehouse data/warehouse.duckdb may not be read");
  fs::permissions(folder / "data", fs::perms(0755));
}

// Writes that would make a file larger than `bytes` fail, as on a full disk.
ProcessOptions with_little_disk(const TempFolder& folder, rlim_t bytes) {
  return {folder.path(), {}, [bytes] {
            signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{bytes, bytes};
            setrlimit(RLIMIT_FSIZE, &limit);
          }};
}

// The record of the last run, after another command has corrected it.
std::string last_run(const TempFolder& folder, const std::string& column) {
  const Outcome outcome =
      gsa(folder, {"sql", "--format", "csv",
                   "select " + column + " from ops.runs order by run_id desc limit 1"});
  return outcome.out.substr(outcome.out.find('\n') + 1);
}

TEST(Warehouse, OnAFullDiskKeepsWhatIsPublished) {
  const TempFolder folder;
  const std::string path = copy_small_warehouse(folder);
  const std::string before = published_content(folder);
  const auto size = std::filesystem::file_size(path);
  // From no room at all to nearly enough: the result is the same wherever the room ends.
  for (const std::uintmax_t room : {1'000'000u, 8'000'000u, 20'000'000u}) {
    const Outcome run =
        GsaProcess({"run", "--prompts", "200000", "--quiet"}, with_little_disk(folder, size + room))
            .wait();
    const std::string status = last_run(folder, "status");
    EXPECT_TRUE(status == "failed\n" || status == "interrupted\n") << room << ": " << status;
    EXPECT_EQ(last_run(folder, "published"), "false\n") << room;
    EXPECT_EQ(
        gsa(folder, {"sql", "--format", "csv",
                     "select count(*) as hidden from duckdb_tables() where "
                     "starts_with(table_name, '__gsa_new__') and schema_name <> 'partitions'"})
            .out,
        "hidden\n0\n")
        << room;
    EXPECT_EQ(run.exit_code, 1) << room;
    EXPECT_TRUE(contains(run.err, "hint: the disk is full: make room and run it again"))
        << room << ": " << run.err;
    EXPECT_EQ(published_content(folder), before) << room;
  }
  const Outcome next = gsa(folder, {"run", "--prompts", "3000", "--quiet"});
  EXPECT_EQ(next.exit_code, 0) << next.err;
  EXPECT_TRUE(contains(next.out, "3,000 synthetic prompts"));
}

}  // namespace
}  // namespace gsa::tests
