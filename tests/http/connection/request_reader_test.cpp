// Malformed input: random bytes and mutated requests. One seed decides all of them; a failure prints it.
#include <gtest/gtest.h>

#include "common/log.hpp"
#include "common/random.hpp"
#include "server/http/connection/request_reader.hpp"
#include "server/http/message/json_body.hpp"
#include "tests/http/support/raw_client.hpp"

namespace sagactl::http::testing {
namespace {

constexpr std::uint64_t seeds = 8;

std::string random_bytes_of(Random& random, std::size_t length) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(random.below(256));
  return out;
}

std::string good_request(Random& random) {
  switch (random.below(4)) {
    case 0:
      return request_text("GET", "/n/1?a=b&c=%20d");
    case 1:
      return request_text("POST", "/echo", R"({"items":[{"productId":"a","price":1.5}]})");
    case 2:
      return "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: "
             "1\r\n\r\n";
    default:
      return request_text("GET", "/n/1", "", "X-A: b\r\n c\r\nConnection: keep-alive, close\r\n");
  }
}

// Flips, drops, repeats or inserts a few bytes.
std::string mutated(Random& random, std::string bytes) {
  for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = static_cast<std::size_t>(random.below(bytes.size()));
    switch (random.below(5)) {
      case 0:
        bytes[at] = static_cast<char>(random.below(256));
        break;
      case 1:
        bytes.erase(at, 1 + static_cast<std::size_t>(random.below(8)));
        break;
      case 2:
        bytes.insert(at, bytes.substr(at, 1 + static_cast<std::size_t>(random.below(16))));
        break;
      case 3:
        bytes.insert(at, random_bytes_of(random, 1 + static_cast<std::size_t>(random.below(8))));
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

std::string any_input(Random& random) {
  if (random.chance(0.2)) return random_bytes_of(random, static_cast<std::size_t>(random.below(400)));
  return mutated(random, good_request(random) + good_request(random));
}

struct ReaderOutcome {
  std::string requests;  // those that were complete
  std::string end;       // the final state: a status, "begun" or "end"
};

// The outcome of reading `bytes` in pieces, or in one.
ReaderOutcome read_all(std::string_view bytes, Random* pieces) {
  const Limits limits;
  RequestReader reader(limits);
  ReaderOutcome seen;
  for (int guard = 0; guard < 10'000; ++guard) {
    switch (reader.parse()) {
      case RequestReader::ReadState::complete:
        seen.requests +=
            reader.request().method_text + " " + reader.request().target + " " + reader.request().body + "\n";
        reader.next();
        continue;
      case RequestReader::ReadState::failed:

        seen.end = std::to_string(reader.failure().status);
        return seen;
      case RequestReader::ReadState::need_more:
        break;
    }
    if (bytes.empty()) {
      seen.end = reader.has_begun() ? "begun" : "end";
      return seen;
    }
    const std::span<char> space = reader.space();
    std::size_t count = std::min(space.size(), bytes.size());
    if (pieces) count = std::min(count, 1 + static_cast<std::size_t>(pieces->below(7)));
    std::copy_n(bytes.data(), count, space.data());
    reader.filled(count);
    bytes.remove_prefix(count);
  }
  seen.end = "does not end";
  return seen;
}

TEST(MalformedRequests, AreReadTheSameInOnePieceAndInMany) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    for (int i = 0; i < 500; ++i) {
      const std::string bytes = any_input(random);
      const ReaderOutcome whole = read_all(bytes, nullptr), pieces = read_all(bytes, &random);
      EXPECT_EQ(whole.requests, pieces.requests) << ::testing::PrintToString(bytes);
      // In pieces, a truncated head is checked only when its end has arrived.
      if (pieces.end != "begun") {
        EXPECT_EQ(whole.end, pieces.end) << ::testing::PrintToString(bytes);
      }
    }
  }
}

TEST(MalformedRequests, NeverStopTheServerFromAnsweringTheNext) {
  set_log_sink([](std::string_view) {});
  Router router;
  const auto echo = [](Request& request) -> Answer { return text_response(200, request.body); };
  router.add({Method::get, "/n/{n}", RouteAccess::anyone, echo, "", "", 0});
  router.add({Method::post, "/echo", RouteAccess::anyone, echo, "", "", 0});
  const TestHttpServer server(std::move(router));
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    for (int i = 0; i < 40; ++i) {
      RawClient client = server.connect();
      client.send(any_input(random));
      client.shut_sending();
      client.receive_until("no answer has this in it");
    }
    EXPECT_EQ(server.ask(request_text("POST", "/echo", "still here")).body, "still here");
  }
  set_log_sink({});
}

TEST(MalformedJson, IsRefusedOrReadAsByTheLibrary) {
  const std::string good = R"({"items":[{"productId":"a\u0041","quantity":1,"price":10.50,"ok":true}],"n":null})";
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    for (int i = 0; i < 1000; ++i) {
      const std::string text = mutated(random, good);
      const auto parsed = parse_json(text);
      const Json expected = Json::parse(text, nullptr, false);
      if (parsed) {
        EXPECT_EQ(*parsed, expected) << text;
      } else {
        EXPECT_FALSE(parsed.error().message.empty());
      }
    }
  }
}

}  // namespace
}  // namespace sagactl::http::testing
