#include "httpclient/event_stream.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sagactl {
namespace {

// "id|event|data" of each event, with the bytes fed in pieces of that size.
std::vector<std::string> events_of(EventStream& stream, std::string_view bytes, std::size_t piece) {
  std::vector<std::string> events;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto fed = stream.feed(bytes.substr(0, piece), [&](const ServerSentEvent& event) {
      events.push_back(event.id + "|" + event.event + "|" + event.data);
      return true;
    });
    EXPECT_TRUE(fed.ok());
  }
  return events;
}

TEST(EventStream, ReadsEventsAsTheStandardSays) {
  struct Row {
    const char* bytes;
    std::vector<std::string> events;
  };
  for (const Row& row : {
           Row{"data: a\n\n", {"|message|a"}},
           Row{"data:a\ndata:  b\ndata\n\n", {"|message|a\n b\n"}},
           Row{": comment\n:\nevent: paid\nid: 7\ndata: {}\n\ndata: x\n\n", {"7|paid|{}", "7|message|x"}},
           Row{"event: without data\n\ndata: a\r\n\r\n", {"|message|a"}},
           Row{"event\ndata: a\r\rdata: b\n\n", {"|message|a", "|message|b"}},
           Row{"\xEF\xBB\xBF"
               "data: a\n\n\xEF\xBB\xBF"
               "data: b\n\n",
               {"|message|a"}},
           Row{"id: 1\nid\ndata: a\n\n", {"|message|a"}},
           Row{"dat: a\n data: b\ndata: cut off\n", {}},
       })
    for (const std::size_t piece : {1, 3, 1000}) {
      EventStream stream;
      EXPECT_EQ(events_of(stream, row.bytes, piece), row.events) << row.bytes;
    }
}

TEST(EventStream, ConnectsAgainAfterTheLastCompleteEvent) {
  EventStream stream;
  EXPECT_EQ(stream.retry(), std::nullopt);
  EXPECT_EQ(stream.last_event_id(), "");
  events_of(stream, "retry: 250\nretry: soon\nid: 7\ndata: a\n\nid: 8\n\nid: 9\ndata: cut off\n", 1000);
  EXPECT_EQ(stream.retry(), Duration(250ms));
  EXPECT_EQ(stream.last_event_id(), "8");
  stream.restart();
  EXPECT_EQ(events_of(stream,
                      "\xEF\xBB\xBF"
                      "data: b\n\n",
                      1000),
            (std::vector<std::string>{"8|message|b"}));
}

TEST(EventStream, AnEventHasALargestSize) {
  EventStream stream;
  const std::string long_line(EventStream::event_size_max + 1, 'x');
  const auto fed = stream.feed("data: " + long_line, [](const ServerSentEvent&) { return true; });
  ASSERT_FALSE(fed.ok());
  EXPECT_EQ(fed.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace sagactl
