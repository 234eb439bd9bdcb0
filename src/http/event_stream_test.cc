#include "http/event_stream.h"

#include <thread>

#include <gtest/gtest.h>

#include "base/error.h"
#include "http/client_fixture.h"

namespace gsa::http {
namespace {

std::string text_of(const Topic::Slice& slice) {
  std::string text;
  for (const Topic::Event& event : slice.events) text += *event;
  return text;
}

TEST(EventText, IsAsTheStandardWantsIt) {
  EXPECT_EQ(event_text("7", "step", "{}"), "id: 7\nevent: step\ndata: {}\n\n");
  EXPECT_EQ(event_text("", "", "a\nb\r\nc\rd"), "data: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(event_text("", "", "a\n\nb\n"), "data: a\ndata: \ndata: b\ndata: \n\n");
  EXPECT_EQ(event_text("7", "", ""), "id: 7\n\n");
}

TEST(Topic, GivesEventsInTheirOrder) {
  Topic topic;
  const std::uint64_t begin = topic.end();
  const std::string first = topic.publish("a", "1");
  const std::string second = topic.publish("b", "2");
  EXPECT_EQ(topic.last_id(), second);
  EXPECT_EQ(text_of(topic.read(begin, 10)),
            event_text(first, "a", "1") + event_text(second, "b", "2"));
  EXPECT_EQ(text_of(topic.read(begin, 1)), event_text(first, "a", "1"));
  EXPECT_EQ(topic.position_after(first), begin + 1);
  EXPECT_EQ(topic.position_after(second), topic.end());
  EXPECT_TRUE(topic.read(topic.end(), 10).events.empty());
}

TEST(Topic, KnowsWhatItNoLongerHolds) {
  Topic topic({.events = 3, .bytes = 1 << 20});
  const std::uint64_t begin = topic.end();
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(topic.publish("e", std::to_string(i)));
  EXPECT_FALSE(topic.position_after(ids[0]));
  EXPECT_TRUE(topic.position_after(ids[1]));  // events 2, 3 and 4 follow it
  EXPECT_TRUE(topic.read(begin, 10).lost);
  EXPECT_EQ(topic.read(begin + 2, 10).events.size(), 3U);
}

TEST(Topic, HoldsNoMoreBytesThanItMay) {
  Topic topic({.events = 1'000, .bytes = 1'000});
  // An event takes 300 bytes with its frame, so three fit and four do not.
  for (int i = 0; i < 10; ++i) topic.publish("e", std::string(280, 'x'));
  EXPECT_EQ(topic.read(topic.end() - 3, 10).events.size(), 3U);
  EXPECT_TRUE(topic.read(topic.end() - 4, 10).lost);
  topic.publish("e", std::string(5'000, 'x'));  // the newest event stays, whatever its size
  EXPECT_EQ(topic.read(topic.end() - 1, 10).events.size(), 1U);
}

TEST(Topic, KnowsNoIdsOfOthers) {
  Topic earlier, topic;
  const std::string id = earlier.publish("e", "");
  topic.publish("e", "");
  EXPECT_FALSE(topic.position_after(id));
  const std::string own = topic.last_id();
  for (const std::string& bad :
       {std::string(), std::string("7"), own + "x", own + "9", own.substr(0, 9)}) {
    EXPECT_FALSE(topic.position_after(bad)) << bad;
  }
  EXPECT_THROW(topic.publish("a\nb", ""), Bug);
}

struct Streaming {
  explicit Streaming(TopicLimits limits = {}, Options options = {})
      : topic(std::make_shared<Topic>(limits)), server(router(topic), std::move(options)) {}

  static Router router(const std::shared_ptr<Topic>& topic) {
    Router router = ping_router();
    router.add("GET", "/events",
               [topic](const Request& request) { return event_stream(topic, request); },
               {.immediate = true});
    return router;
  }
  // A connected client that has read its first lines.
  Client connect(const std::string& headers = "", int receive_buffer = 0) const {
    Client client = server.client(receive_buffer);
    client.request("GET", "/events", headers);
    EXPECT_NE(client.read_until("\r\n\r\n"), "");
    EXPECT_NE(client.read_until("retry: 2000\n"), "");
    return client;
  }

  std::shared_ptr<Topic> topic;
  RunningServer server;
};

TEST(EventStream, SendsWhatIsPublishedFromThenOn) {
  Streaming streaming;
  streaming.topic->publish("early", "");
  Client client = streaming.connect();
  EXPECT_EQ(client.read_until("\n\n"), "id: " + streaming.topic->last_id() + "\n\n");
  const std::string id = streaming.topic->publish("run_started", "{\"run\":7}");
  EXPECT_EQ(client.read_until("\n\n"), event_text(id, "run_started", "{\"run\":7}"));
}

TEST(EventStream, IsAResponseOfItsKind) {
  Streaming streaming;
  Client client = streaming.server.client();
  client.request("HEAD", "/events");
  const Answer head = client.read_answer(false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_EQ(head.header("Cache-Control"), "no-store");
}

TEST(EventStream, GoesOnWhereTheClientWas) {
  Streaming streaming;
  const std::string first = streaming.topic->publish("e", "1");
  const std::string second = streaming.topic->publish("e", "2");
  const std::string third = streaming.topic->publish("e", "3");
  Client client = streaming.connect("Last-Event-ID: " + first + "\r\n");
  EXPECT_EQ(client.read_until("\n\n"), "id: " + first + "\n\n");
  EXPECT_EQ(client.read_until("\n\n"), event_text(second, "e", "2"));
  EXPECT_EQ(client.read_until("\n\n"), event_text(third, "e", "3"));
  Client page = streaming.server.client();
  page.request("GET", "/events?last_event_id=" + second);
  EXPECT_NE(page.read_until(event_text(third, "e", "3")), "");
}

TEST(EventStream, SaysWhereItCannotGoOn) {
  Streaming streaming({.events = 2, .bytes = 1 << 20});
  const std::string first = streaming.topic->publish("e", "1");
  for (int i = 0; i < 5; ++i) streaming.topic->publish("e", "2");
  for (const std::string& last : {first, std::string("of-an-earlier-server-3")}) {
    Client client = streaming.connect("Last-Event-ID: " + last + "\r\n");
    EXPECT_EQ(client.read_until("\n\n"), event_text(streaming.topic->last_id(), "reset", "{}"));
    const std::string next = streaming.topic->publish("e", "now");
    EXPECT_EQ(client.read_until("\n\n"), event_text(next, "e", "now"));
  }
}

TEST(EventStream, BeatsWhileNothingHappens) {
  Options options;
  options.heartbeat = std::chrono::milliseconds(200);
  Streaming streaming({}, options);
  Client client = streaming.connect();
  EXPECT_NE(client.read_until(":\n\n"), "");
  EXPECT_NE(client.read_until(":\n\n"), "");
}

TEST(EventStream, EndsWithTheServerAndWithTheClient) {
  Streaming streaming;
  Client client = streaming.connect();
  {
    const Client leaves = streaming.connect();
    EXPECT_TRUE(eventually([&] { return streaming.server->metrics().event_streams == 2; }));
  }
  EXPECT_TRUE(eventually([&] { return streaming.server->metrics().event_streams == 1; }));
  streaming.server->stop();
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(EventStream, LeavesConnectionsToOthers) {
  Options options;
  options.limits.event_streams = 2;
  Streaming streaming({}, options);
  const Client first = streaming.connect(), second = streaming.connect();
  EXPECT_TRUE(eventually([&] { return streaming.server->metrics().event_streams == 2; }));
  const Answer answer = streaming.server.client().get("/events");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "1");
}

TEST(EventStream, DropsAClientThatFallsBehindParallel) {
  Streaming streaming({.events = 100, .bytes = 1 << 20});
  Client slow = streaming.connect("", 4'096);
  Client quick = streaming.connect();
  const std::string data(10'000, 'x');
  std::string last;
  // More than the system's buffers at both ends can take, and more than the log holds.
  for (int i = 0; i < 2'000; ++i) {
    last = streaming.topic->publish("e", data);
    EXPECT_NE(quick.read_until("id: " + last + "\n"), "");
  }
  while (slow.receive()) {  // now it reads the events under way, and then the end
  }
  EXPECT_TRUE(slow.is_closed_by_server());
  EXPECT_EQ(slow.read_until(last), "");
  EXPECT_TRUE(eventually([&] { return streaming.server->metrics().clients_dropped == 1; }));
  EXPECT_TRUE(streaming.server.lives());
}

TEST(EventStream, ReachesTwoHundredClientsParallel) {
  constexpr std::size_t kClients = 200;
  constexpr int kEvents = 1'000;
  Streaming streaming;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < kClients; ++i) clients.push_back(streaming.connect());
  EXPECT_TRUE(eventually([&] { return streaming.server->metrics().event_streams == kClients; }));
  std::vector<std::string> expected;
  std::thread publisher([&] {
    for (int i = 0; i < kEvents; ++i) {
      expected.push_back(event_text(streaming.topic->publish("step", std::to_string(i)), "step",
                                    std::to_string(i)));
    }
  });
  publisher.join();
  std::string all;
  for (const std::string& event : expected) all += event;
  for (Client& client : clients) {
    EXPECT_TRUE(client.read_until(expected.back()).ends_with("\n\n" + all));
  }
}

}  // namespace
}  // namespace gsa::http
