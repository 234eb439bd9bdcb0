// The processes that run readers' SQL, seen from the server's users and from its machine.

#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <future>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <set>
#include <sstream>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "serve_fixture.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInternalError =
    "SELECT cume_dist(ORDER BY b) OVER (ORDER BY a ROWS BETWEEN 3 FOLLOWING AND 1 FOLLOWING) "
    "FROM (VALUES (1,3),(2,2),(3,1)) t(a,b)";
constexpr const char* kUnstoppable =
    "select s||s||s||s like '%_a%_a%_a%_a%_a%_a%_a%_b' from (values (repeat('a', 9900))) t(s)";

class QueryProcess : public Serve {
 protected:
  Answer sql(const std::string& text, const std::string& more = "") {
    return post("/api/sql", fmt::format(R"({{"sql": "{}"{}}})", text, more));
  }
  std::set<pid_t> workers() const {
    std::set<pid_t> children;
    for (const auto& task : fs::directory_iterator(fmt::format("/proc/{}/task", server_->pid()))) {
      std::ifstream list(task.path() / "children");
      for (pid_t child = 0; list >> child;) children.insert(child);
    }
    return children;
  }
};

TEST_F(QueryProcess, AQueryThatBreaksTheEngineCostsItselfAlone) {
  start();
  const Answer crashed = sql(kInternalError);
  EXPECT_EQ(crashed.status, 500);
  EXPECT_TRUE(contains(crashed.body, "\"code\":\"sql_crashed\"")) << crashed.body;
  EXPECT_FALSE(contains(crashed.body, "Stack Trace")) << crashed.body;
  EXPECT_FALSE(contains(crashed.body, "/")) << crashed.body;
  EXPECT_EQ(sql("select 40 + 2").status, 200);
  EXPECT_EQ(get("/api/catalog").status, 200);
  EXPECT_EQ(get("/healthz").status, 200);
}

TEST_F(QueryProcess, HasNothingOfTheServer) {
  start();
  EXPECT_EQ(sql("select count(*) from fct_sessions").status, 200);
  const std::set<pid_t> pids = workers();
  ASSERT_FALSE(pids.empty());
  for (const pid_t pid : pids) {
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid))) {
      ++files;
      const std::string name = entry.path().filename().string();
      std::error_code none;
      if (name == "0" || name == "1" || name == "2") {
        EXPECT_EQ(fs::read_symlink(entry.path(), none), "/dev/null");
      }
    }
    EXPECT_LE(files, 10);  // including DuckDB's
    std::ifstream environment(fmt::format("/proc/{}/environ", pid));
    std::stringstream text;
    text << environment.rdbuf();
    EXPECT_FALSE(contains(text.str(), "HF_")) << text.str();
  }
}

TEST_F(QueryProcess, IsStoppedWhateverItDoes) {
  start();
  auto query = std::async(std::launch::async, [&] { return sql(kUnstoppable, R"(, "id": "q")"); });
  EXPECT_TRUE(becomes_true([&] {
    Client client(port_);
    client.request("DELETE", "/api/sql/q");
    return client.read_answer().status == 204;
  }));
  const auto cancelled = Clock::now();
  EXPECT_EQ(query.get().status, 409);
  EXPECT_LT(Clock::now() - cancelled, std::chrono::seconds(2));

  // The query does not keep the server from ending either.
  auto last = std::async(std::launch::async, [&] { return sql(kUnstoppable); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  server_->signal(SIGTERM);
  const auto asked = Clock::now();
  server_->wait();
  EXPECT_LT(Clock::now() - asked, std::chrono::seconds(10));
  EXPECT_FALSE(fs::exists(warehouse_ + ".queries"));
  try {
    last.get();
  } catch (const std::exception&) {
    // The connection was closed.
  }
}

TEST_F(QueryProcess, DiesWithTheServerAndLeavesNothingToTheNext) {
  start();
  EXPECT_EQ(sql("select 1").status, 200);
  const std::set<pid_t> pids = workers();
  ASSERT_FALSE(pids.empty());
  server_->signal(SIGKILL);
  server_->wait();
  EXPECT_TRUE(becomes_true([&] {
    for (const pid_t pid : pids) {
      std::ifstream status(fmt::format("/proc/{}/cmdline", pid));
      std::string line;
      if (std::getline(status, line) && !line.empty()) return false;
    }
    return true;
  }));
  EXPECT_FALSE(fs::is_empty(warehouse_ + ".queries"));
  std::ofstream(warehouse_ + ".queries/worker-1-1") << "left by a server that was killed";
  start();
  EXPECT_EQ(sql("select 1").status, 200);
  EXPECT_FALSE(fs::exists(warehouse_ + ".queries/worker-1-1"));
}

TEST_F(QueryProcess, FollowsThePublications) {
  start();
  const std::string publication = R"("publication":)";
  const std::string before = sql("select 1").body;
  ASSERT_TRUE(contains(before, publication + "1,")) << before;
  ASSERT_EQ(
      gsa(folder_, {"run", "--warehouse", warehouse_, "--prompts", "500", "--seed", "7"}).exit_code,
      0);
  const std::string after = sql("select count(*) from dim_prompts").body;
  EXPECT_TRUE(contains(after, publication + "2,")) << after;
  EXPECT_TRUE(contains(after, "[[500]]")) << after;
}

// Simulates a kernel without Landlock for the server.
void lack_landlock() {
  std::array<sock_filter, 4> program = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog filter{program.size(), program.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

TEST_F(QueryProcess, FallsBackToListsWhereTheKernelLacksLandlock) {
  server_ = std::make_unique<GsaProcess>(
      Arguments{"serve", "--port", "0", "--no-token", "--warehouse", warehouse_},
      ProcessOptions{folder_.path(), {}, lack_landlock});
  ASSERT_TRUE(becomes_true([&] { return contains(server_->errors_so_far(), "Ctrl-C stops it"); }));
  said_ = server_->errors_so_far();
  const std::string note =
      "note: the kernel has no Landlock: SQL of readers may use only functions that are known to "
      "be harmless\n";
  ASSERT_TRUE(contains(said_, note)) << said_;
  EXPECT_EQ(said_.find(note), said_.rfind(note)) << "once";
  const std::size_t address = said_.find("http://");
  port_ = static_cast<std::uint16_t>(std::stoi(said_.substr(said_.find(':', address + 7) + 1)));
  EXPECT_EQ(sql("select count(*) from fct_sessions").status, 200);
  EXPECT_EQ(sql("select repeat('a', 3)").status, 403);
  EXPECT_EQ(sql("select * from information_schema.tables").status, 403);
}

}  // namespace
}  // namespace gsa::tests
