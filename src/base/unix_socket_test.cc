#include "base/unix_socket.h"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <span>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa {
namespace {

using namespace std::chrono_literals;
using State = MessageReader::State;

class UnixSocket : public testing::Test {
 protected:
  UnixSocket() { std::filesystem::create_directories(folder_); }
  ~UnixSocket() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("gsa_unix_socket_test" + std::to_string(getpid()) + std::string(150, 'x'));
  const std::string path_ = folder_ / "s.serve";  // longer than a socket address can hold
};

TEST_F(UnixSocket, PassesTextsAndFiles) {
  const Listener listener(path_);
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto client = connect_to(path_, 1s);
  ASSERT_TRUE(client);
  const auto server = accept_own(listener.socket(), 1s);
  ASSERT_TRUE(server);
  MessageReader at_server, at_client;
  EXPECT_EQ(at_server.wait(*server, 0ms), State::unfinished);
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const Fd reader(ends[0]), writer(ends[1]);
  const std::vector<std::string> texts = {"", std::string("a\0b", 3), std::string(100000, 'z')};
  send_message(*client, texts, std::array{writer.get()});
  ASSERT_EQ(at_server.wait(*server, 1s), State::whole);
  SocketMessage message = at_server.take();
  EXPECT_EQ(message.texts, texts);
  ASSERT_EQ(message.files.size(), 1u);
  EXPECT_NE(message.files[0].get(), writer.get());
  ASSERT_EQ(write(message.files[0].get(), "hello", 5), 5);
  std::array<char, 5> read_back{};
  ASSERT_EQ(read(reader.get(), read_back.data(), 5), 5);
  EXPECT_EQ(std::string(read_back.data(), 5), "hello");
  for (const char* text : {"one", "two"}) send_message(*server, {text});
  for (const char* text : {"one", "two"}) {
    ASSERT_EQ(at_client.wait(*client, 1s), State::whole);
    EXPECT_EQ(at_client.take().texts, std::vector<std::string>{text});
  }
}

TEST_F(UnixSocket, SaysThatTheOtherSideHasClosed) {
  const Listener listener(path_);
  std::optional<Fd> client = connect_to(path_, 1s);
  const auto server = accept_own(listener.socket(), 1s);
  ASSERT_TRUE(server);
  client.reset();
  MessageReader reader;
  EXPECT_EQ(reader.wait(*server, 1s), State::closed);
  EXPECT_THROW(send_message(*server, {"x"}), Error);
}

TEST_F(UnixSocket, RefusesWhatIsGarbledOrHasTooManyFiles) {
  const Listener listener(path_);
  const std::array<unsigned char, 8> garbled = {4, 0, 0, 0, 200, 0, 0, 0};
  const std::array<unsigned char, 4> endless = {255, 255, 255, 255};
  for (const std::span<const unsigned char> bytes :
       {std::span<const unsigned char>(garbled), std::span<const unsigned char>(endless)}) {
    const auto client = connect_to(path_, 1s);
    const auto server = accept_own(listener.socket(), 1s);
    ASSERT_TRUE(client);
    ASSERT_TRUE(server);
    ASSERT_EQ(write(client->get(), bytes.data(), bytes.size()), std::ssize(bytes));
    MessageReader reader;
    EXPECT_THROW(reader.wait(*server, 1s), Error);
  }
  const auto client = connect_to(path_, 1s);
  const auto server = accept_own(listener.socket(), 1s);
  ASSERT_TRUE(client && server);
  const std::vector<int> files(kMostFiles, STDIN_FILENO);
  MessageReader reader;
  for (int i = 0; i < 2; ++i) {
    send_message(*client, {"x"}, files);
    ASSERT_EQ(reader.wait(*server, 1s), State::whole);
    EXPECT_EQ(reader.take().files.size(), kMostFiles);
  }
}

TEST_F(UnixSocket, DoesNotWaitForEverForWhoTakesNothing) {
  const Listener listener(path_);
  std::vector<Fd> waiting;  // fills the queue of pending connections
  const auto connects = [&] {
    auto socket = connect_to(path_, 50ms);
    if (socket) waiting.push_back(std::move(*socket));
    return waiting.size() < 100'000;
  };
  EXPECT_THROW(while (connects()){}, Error);
}

TEST_F(UnixSocket, ReplacesOneThatWasLeft) {
  EXPECT_FALSE(connect_to(path_, 1s));
  const pid_t child = fork();
  if (child == 0) {
    const Listener left(path_);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(std::filesystem::exists(path_));
  EXPECT_FALSE(connect_to(path_, 1s));
  {
    const Listener listener(path_);
    EXPECT_TRUE(connect_to(path_, 1s));
    EXPECT_TRUE(accept_own(listener.socket(), 1s));
    EXPECT_FALSE(accept_own(listener.socket(), 0ms));
    EXPECT_THROW(const Listener second(path_), Error);  // another listens
    EXPECT_TRUE(connect_to(path_, 1s));
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixSocket, RemovesNoFileThatIsNotItsOwn) {
  std::ofstream(path_) << "mine";
  EXPECT_THROW(const Listener listener(path_), Error);
  EXPECT_EQ(std::filesystem::file_size(path_), 4U);
  std::filesystem::remove(path_);
  std::filesystem::create_symlink(folder_ / "target", path_);
  EXPECT_THROW(const Listener listener(path_), Error);
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  std::filesystem::remove(path_);
  {
    const Listener listener(path_);
    std::filesystem::remove(path_);
    std::ofstream(path_) << "mine";
  }
  EXPECT_EQ(std::filesystem::file_size(path_), 4U);
}

TEST_F(UnixSocket, SaysWhereItCannotListen) {
  EXPECT_THROW(const Listener listener(folder_ / "no" / "s"), Error);
  EXPECT_THROW(const Listener listener(folder_ / std::string(120, 'y')), Error);
}

}  // namespace
}  // namespace gsa
