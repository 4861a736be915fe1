// Spans to a collector: what is sent, and what a collector that is slow or unavailable costs.
#include "server/adapters/otlp/otlp_exporter.hpp"

#include <gmock/gmock.h>

#include <condition_variable>

#include "common/log.hpp"
#include "common/text/json.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

Span span_called(const std::string& name) {
  Span span;
  span.trace_id = "0af7651916cd43dd8448eb211c80319c";
  span.id = "b7ad6b7169203331";
  span.name = name;
  span.began = *parse_iso8601("2026-11-20T13:04:07.137042Z");
  span.ended = span.began + 5ms;
  return span;
}

// What came in, and the answers to give in turn; the last one stays.
class Collector {
 public:
  explicit Collector(std::vector<TestAnswer> answers) : answers_(std::move(answers)) {}

  std::vector<Received> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, hang_limit, [&] { return received_.size() >= count; });
    return received_;
  }
  std::string url() const { return server_.url(); }
  ScriptedServer& server() { return server_; }

 private:
  TestAnswer take(const Received& request) {
    const std::lock_guard lock(mutex_);
    received_.push_back(request);
    changed_.notify_all();
    return answers_[std::min(received_.size(), answers_.size()) - 1];
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Received> received_;
  const std::vector<TestAnswer> answers_;
  ScriptedServer server_{[this](const Received& request) { return take(request); }};
};

class OtlpExporter : public testing::Test {
 protected:
  void SetUp() override {
    set_log_sink([](std::string_view) {});
  }
  void TearDown() override { set_log_sink(nullptr); }

  std::unique_ptr<SpanSink> exporter(const Collector& collector) {
    OtlpOptions options;
    options.endpoint = collector.url();
    options.resource = {{"service.name", "shop"}};
    options.headers = {{"authorization", "Bearer 17"}};
    options.queue_max = 4;
    options.batch_max = 2;
    options.every = 1ms;
    options.timeout = timeout;
    auto made = make_otlp_exporter(options, *clock);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(made).value();
  }
  // Until that many spans have their end.
  static SpanCounts await_ends(const SpanSink& sink, std::uint64_t count) {
    SpanCounts counts;
    eventually([&] {
      counts = sink.counts();
      return counts.exported + counts.dropped >= count;
    });
    return counts;
  }

  Duration timeout = 10s;
  std::unique_ptr<Clock> clock = make_system_clock();
};

TEST_F(OtlpExporter, SendsSpansAsTheSpecificationSays) {
  Collector collector({answer(200, "{}")});
  const auto sink = exporter(collector);
  Span failed = span_called("call hotel");
  failed.kind = SpanKind::client;
  failed.parent_id = "00f067aa0ba902b7";
  failed.is_failed = true;
  failed.error = "HTTP 503";
  failed.attributes = {{"sagactl.step", "hotel"}};
  sink->add(failed);
  const auto received = collector.await(1);
  ASSERT_EQ(received.size(), 1u);
  EXPECT_EQ(received[0].method, "POST");
  EXPECT_EQ(received[0].path, "/v1/traces");
  EXPECT_EQ(received[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(received[0].headers.at("authorization"), "Bearer 17");
  const Json resource = Json::parse(received[0].body)["resourceSpans"][0];
  EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "shop");
  EXPECT_EQ(resource["scopeSpans"][0]["scope"]["name"], "sagactl");
  const Json span = resource["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(span["traceId"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(span["spanId"], "b7ad6b7169203331");
  EXPECT_EQ(span["parentSpanId"], "00f067aa0ba902b7");
  EXPECT_EQ(span["kind"], 3);
  EXPECT_EQ(span["startTimeUnixNano"], "1795179847137042000");
  EXPECT_EQ(span["endTimeUnixNano"], "1795179847142042000");
  EXPECT_EQ(span["status"]["code"], 2);
  EXPECT_EQ(span["status"]["message"], "HTTP 503");
  EXPECT_EQ(span["attributes"][0]["key"], "sagactl.step");
  EXPECT_EQ(await_ends(*sink, 1).exported, 1u);
}

TEST_F(OtlpExporter, SendsABatchAgainWhenTheCollectorIsBusy) {
  Collector collector({answer(503, ""), answer(429, ""), answer(200, "{}")});
  const auto sink = exporter(collector);
  sink->add(span_called("a"));
  const auto received = collector.await(3);
  ASSERT_EQ(received.size(), 3u);
  EXPECT_EQ(received[0].body, received[2].body);
  EXPECT_EQ(await_ends(*sink, 1).exported, 1u);
}

TEST_F(OtlpExporter, DropsWhatIsRefusedOrNeverTaken) {
  Collector refuses({answer(400, "")});
  const auto refused = exporter(refuses);
  refused->add(span_called("a"));
  EXPECT_EQ(await_ends(*refused, 1).dropped, 1u);
  EXPECT_EQ(refuses.await(1).size(), 1u) << "the same request would be refused again";

  Collector busy({answer(503, "")});
  const auto given_up = exporter(busy);
  given_up->add(span_called("a"));
  EXPECT_EQ(await_ends(*given_up, 1).dropped, 1u);
  EXPECT_EQ(busy.await(3).size(), 3u);

  Collector partial({answer(200, R"({"partialSuccess":{"rejectedSpans":"1"}})")});
  const auto some = exporter(partial);
  some->add(span_called("a"));
  some->add(span_called("b"));
  const SpanCounts counts = await_ends(*some, 2);
  EXPECT_GE(counts.dropped, 1u);
  EXPECT_EQ(counts.exported + counts.dropped, 2u);
}

TEST_F(OtlpExporter, ACollectorThatHangsCostsSpansAndNothingElse) {
  Collector collector({answer(200, "{}")});
  collector.server().freeze();
  const auto sink = exporter(collector);
  for (int i = 0; i < 100; ++i) sink->add(span_called("a"));
  EXPECT_GE(sink->counts().dropped, 94u) << "two are on their way, four wait";
  collector.server().thaw();
  const SpanCounts counts = await_ends(*sink, 100);
  EXPECT_EQ(counts.exported + counts.dropped, 100u);
  EXPECT_GE(counts.exported, 4u);
}

TEST_F(OtlpExporter, NobodyListensAtTheEndpoint) {
  OtlpOptions options;
  options.endpoint = "http://127.0.0.1:1";
  options.every = 1ms;
  const auto sink = std::move(make_otlp_exporter(options, *clock)).value();
  sink->add(span_called("a"));
  EXPECT_EQ(await_ends(*sink, 1).dropped, 1u);
}

TEST_F(OtlpExporter, SendsWhatWaitsWhenItStops) {
  Collector collector({answer(200, "{}")});
  OtlpOptions options;
  options.endpoint = collector.url();
  options.every = std::chrono::hours(1);
  const auto sink = std::move(make_otlp_exporter(options, *clock)).value();
  sink->add(span_called("last"));
  sink->stop();
  EXPECT_EQ(sink->counts().exported, 1u);
  EXPECT_THAT(collector.await(1).at(0).body, testing::HasSubstr("last"));
  sink->add(span_called("too late"));
  EXPECT_EQ(sink->counts().dropped, 1u);
}

TEST_F(OtlpExporter, RefusesAnEndpointThatIsNone) {
  OtlpOptions options;
  options.endpoint = "collector:4318";
  EXPECT_FALSE(make_otlp_exporter(options, *clock));
}

TEST(OtlpAttributes, AreReadAsTheStandardVariablesAreWritten) {
  const otlp::Attributes expected = {{"deployment.environment", "prod"}, {"team", "a b,c"}};
  EXPECT_EQ(*otlp::parse_attributes("deployment.environment=prod, team=a%20b%2Cc"), expected);
  EXPECT_TRUE(otlp::parse_attributes("")->empty());
  const auto wrong = otlp::parse_attributes("a=b,secret");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, testing::HasSubstr("part 2"));
  EXPECT_THAT(wrong.error().message, testing::Not(testing::HasSubstr("secret")));
}

TEST(TraceParentOfSpans, IsReadOnlyWhereItIsSampled) {
  const std::string ids = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
  EXPECT_EQ(sampled_parent(ids + "01").trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(sampled_parent(ids + "01").span_id, "b7ad6b7169203331");
  EXPECT_EQ(sampled_parent(ids + "00").trace_id, "");
  EXPECT_EQ(sampled_parent("").trace_id, "");
}

}  // namespace
}  // namespace sagactl
