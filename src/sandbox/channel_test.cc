#include "sandbox/channel.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <thread>

#include <gtest/gtest.h>

#include "sandbox/query.h"

namespace gsa::sandbox {
namespace {

using std::chrono::milliseconds;

std::string number(std::uint32_t value) {
  std::string bytes(sizeof(value), 0);
  std::memcpy(bytes.data(), &value, sizeof(value));
  return bytes;
}

TEST(Channel, ThreadsPassFramesOfEveryLength) {
  auto [ours, end] = Channel::make_pair();
  Channel theirs(std::move(end));
  const Frame frame = {"query", "", std::string(3'000'000, 'x'), std::string("a\0b", 3)};
  std::jthread sender([&channel = ours, &frame] {
    channel.send(frame, milliseconds(5000));
    channel.send({"last"}, milliseconds(5000));
  });
  EXPECT_EQ(theirs.receive(milliseconds(5000)), frame);
  EXPECT_EQ(theirs.receive(milliseconds(5000)), Frame{"last"});
  EXPECT_EQ(theirs.receive(milliseconds(0)), std::nullopt);
  EXPECT_EQ(theirs.state(), Channel::State::open);
}

TEST(Channel, EndsAtWhatIsNoFrame) {
  for (const std::string& bytes :
       {number(2) + "xx", number(0xffffffff) + number(1), number(4) + number(1),
        number(8) + number(1) + number(9), number(12) + number(1) + number(0) + "rest",
        number(8) + number(0xffffffff) + number(0)}) {
    auto [ours, end] = Channel::make_pair();
    ASSERT_GT(send(end.get(), bytes.data(), bytes.size(), 0), 0);
    EXPECT_EQ(ours.receive(milliseconds(1000)), std::nullopt);
    EXPECT_EQ(ours.state(), Channel::State::closed);
  }
}

TEST(Channel, SendsNoLongerThanItsPatience) {
  auto [ours, end] = Channel::make_pair();
  EXPECT_FALSE(ours.send({std::string(30'000'000, 'x')}, milliseconds(20))) << "nobody reads";
  end = Fd();
  EXPECT_FALSE(ours.send({"x"}, milliseconds(20)));
}

TEST(Channel, RepliesAreCheckedAsTheyAreRead) {
  Failure failure(FailureKind::sql, "wrong", "right");
  failure.line = 3;
  const auto reply = reply_of(frame_of(failure, true));
  ASSERT_TRUE(reply && reply->failure);
  EXPECT_EQ(reply->failure->message(), "wrong");
  EXPECT_EQ(reply->failure->line, 3);
  EXPECT_EQ(reply->failure->column, std::nullopt);
  EXPECT_TRUE(reply->retires);
  for (const Frame& frame :
       {Frame{}, Frame{"answer"}, Frame{"answer", "0", "9", "[]"},
        Frame{"answer", "0", "0", "[]", "x"}, Frame{"failure", "0", "99", "", "", "", ""},
        Frame{"failure", "0", "-1", "", "", "", ""}}) {
    EXPECT_FALSE(reply_of(Frame(frame)));
  }
}

}  // namespace
}  // namespace gsa::sandbox
