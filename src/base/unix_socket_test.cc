#include "base/unix_socket.h"

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa {
namespace {

using namespace std::chrono_literals;

class UnixSocket : public testing::Test {
 protected:
  UnixSocket() { std::filesystem::create_directories(folder_); }
  ~UnixSocket() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("gsa_unix_socket_test" + std::to_string(getpid()) + std::string(150, 'x'));
  const std::string path_ = folder_ / "s.serve";  // longer than an address has room for
};

TEST_F(UnixSocket, PassesTextsAndFiles) {
  const Fd listener = listen_at(path_);
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto client = connect_to(path_);
  ASSERT_TRUE(client);
  const auto server = accept_own(listener, 1s);
  ASSERT_TRUE(server);
  EXPECT_FALSE(has_message(*server, 0ms));
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const Fd reader(ends[0]), writer(ends[1]);
  const std::vector<std::string> texts = {"", std::string("a\0b", 3), std::string(100000, 'z')};
  send_message(*client, texts, std::array{writer.get()});
  auto message = receive_message(*server);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->texts, texts);
  ASSERT_EQ(message->files.size(), 1u);
  EXPECT_NE(message->files[0].get(), writer.get());
  ASSERT_EQ(write(message->files[0].get(), "hello", 5), 5);
  std::array<char, 5> read_back{};
  ASSERT_EQ(read(reader.get(), read_back.data(), 5), 5);
  EXPECT_EQ(std::string(read_back.data(), 5), "hello");
  send_message(*server, {"back"});
  const auto answer = receive_message(*client);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->texts, std::vector<std::string>{"back"});
}

TEST_F(UnixSocket, SaysThatTheOtherSideHasClosed) {
  const Fd listener = listen_at(path_);
  std::optional<Fd> client = connect_to(path_);
  const auto server = accept_own(listener, 1s);
  ASSERT_TRUE(server);
  client.reset();
  EXPECT_TRUE(has_message(*server, 1s));
  EXPECT_FALSE(receive_message(*server));
  EXPECT_THROW(send_message(*server, {"x"}), Error);
}

TEST_F(UnixSocket, RefusesWhatIsGarbled) {
  const Fd listener = listen_at(path_);
  const auto client = connect_to(path_);
  const auto server = accept_own(listener, 1s);
  ASSERT_TRUE(client);
  ASSERT_TRUE(server);
  const std::array<unsigned char, 8> garbled = {4, 0, 0, 0, 200, 0, 0, 0};
  ASSERT_EQ(write(client->get(), garbled.data(), garbled.size()), 8);
  EXPECT_THROW(receive_message(*server), Error);
  const std::array<unsigned char, 4> endless = {255, 255, 255, 255};
  ASSERT_EQ(write(client->get(), endless.data(), endless.size()), 4);
  EXPECT_THROW(receive_message(*server), Error);
}

TEST_F(UnixSocket, ReplacesOneThatWasLeft) {
  EXPECT_FALSE(connect_to(path_));
  { const Fd left = listen_at(path_); }
  EXPECT_TRUE(std::filesystem::exists(path_));
  EXPECT_FALSE(connect_to(path_));
  const Fd listener = listen_at(path_);
  EXPECT_TRUE(connect_to(path_));
  EXPECT_TRUE(accept_own(listener, 1s));
  EXPECT_FALSE(accept_own(listener, 0ms));
}

TEST_F(UnixSocket, SaysWhereItCannotListen) {
  EXPECT_THROW(listen_at(folder_ / "no" / "s"), Error);
  EXPECT_THROW(listen_at(folder_ / std::string(120, 'y')), Error);
}

}  // namespace
}  // namespace gsa
