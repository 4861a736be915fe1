// The figures of a running load test, as Prometheus, InfluxDB, StatsD and OpenTelemetry read them.
#include "cli/livemetrics/live_metrics.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <regex>
#include <thread>

#include "cli/livemetrics/metrics_listener.hpp"
#include "cli/livemetrics/metrics_sender.hpp"
#include "httpclient/http_client.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

LiveMetrics example() {
  LiveMetrics metrics;
  metrics.scenario = "mixed";
  metrics.instance = "load-1";
  metrics.tags = {{"commit", "4f1c \"x\""}, {"9 lives", "a,b=c"}};
  metrics.started_at = Timestamp{1'795'179'849'000'000};
  metrics.at = Timestamp{1'795'179'850'000'000};
  metrics.load.phase = "mixed";
  metrics.load.rate = 200;
  metrics.load.rate_planned = 250;
  metrics.load.response_p99 = Duration{1'500};
  EntryCounts& totals = metrics.load.totals;
  totals.sent = 7;
  totals.accepted = 4;
  totals.duplicates = 2;
  totals.errors = 1;
  totals.statuses.resize(600);
  totals.statuses[201] = 4;
  totals.statuses[409] = 2;
  totals.statuses[0] = 1;
  totals.response_us = 6'300;
  for (const int us : {300, 700, 700, 700, 1'400, 2'500}) ++totals.response[live_bucket_of(Duration{us})];
  return metrics;
}

TEST(LiveMetrics, ForPrometheusHaveTypesAndLabelsAndCumulativeBuckets) {
  const std::string text = prometheus_text(example());
  for (const char* line :
       {"# TYPE sagactl_loadtest_requests_total counter\n", "sagactl_loadtest_requests_total{outcome=\"accepted\"} 4\n",
        "sagactl_loadtest_answers_total{status=\"409\"} 2\n", "sagactl_loadtest_answers_total{status=\"0\"} 1\n",
        "sagactl_loadtest_response_seconds_bucket{le=\"0.000512\"} 1\n",
        "sagactl_loadtest_response_seconds_bucket{le=\"0.001024\"} 4\n",
        "sagactl_loadtest_response_seconds_bucket{le=\"+Inf\"} 6\n", "sagactl_loadtest_response_seconds_sum 0.0063\n",
        "sagactl_loadtest_response_seconds_count 6\n", "sagactl_loadtest_rate_planned 250\n",
        "tag_commit=\"4f1c \\\"x\\\"\",tag_9_lives=\"a,b=c\"} 1\n"})
    EXPECT_THAT(text, HasSubstr(line));
  // Each line is a comment or a sample.
  const std::regex line(
      R"re((# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_0-9]+="([^"\\]|\\.)*"(,[a-z_0-9]+="([^"\\]|\\.)*")*\})? [0-9.e+-]+)\n)re");
  std::string rest = text;
  std::smatch match;
  while (!rest.empty() && std::regex_search(rest, match, line, std::regex_constants::match_continuous))
    rest = match.suffix();
  EXPECT_EQ(rest, "");
}

// Of `le` and of explicit bounds.
TEST(LiveMetrics, ATimeThatIsABoundIsCountedInIt) {
  LiveMetrics metrics = example();
  metrics.load.totals.response = {};
  for (const int us : {256, 257, 1'024, 1'025}) ++metrics.load.totals.response[live_bucket_of(Duration{us})];
  const std::string text = prometheus_text(metrics);
  for (const char* line : {"bucket{le=\"0.000256\"} 1\n", "bucket{le=\"0.000512\"} 2\n", "bucket{le=\"0.001024\"} 3\n",
                           "bucket{le=\"0.002048\"} 4\n"})
    EXPECT_THAT(text, HasSubstr(line));
  const Json request = otlp_json(metrics);
  for (const Json& metric : request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]) {
    if (metric["name"] != "sagactl.loadtest.response.duration") continue;
    const Json& counts = metric["histogram"]["dataPoints"][0]["bucketCounts"];
    EXPECT_EQ((std::vector<Json>{counts.begin(), counts.begin() + 4}), (std::vector<Json>{"1", "1", "1", "1"}));
  }
}

TEST(LiveMetrics, ForInfluxAreOneLineWithEscapedTags) {
  EXPECT_EQ(influx_line(example()),
            "sagactl_loadtest,scenario=mixed,commit=4f1c\\ \"x\",9\\ lives=a\\,b\\=c "
            "sent=7i,accepted=4i,duplicates=2i,errors=1i,rate=200,p50=0,p99=0.0015,rate_planned=250,"
            "status_0=1i,status_201=4i,status_409=2i 1795179850000000000\n");
}

TEST(LiveMetrics, ForInfluxABackslashStaysUnlessItWouldEscapeWhatFollows) {
  LiveMetrics metrics = example();
  metrics.tags = {{"path", R"(C:\a\)"}, {"list", R"(a\,b\\=c)"}};
  EXPECT_THAT(influx_line(metrics), HasSubstr(R"(,path=C:\a/,list=a/\,b\/\=c )"));
}

TEST(LiveMetrics, ForPrometheusTwoTagsWithOneLabelNameHaveTwoLabels) {
  LiveMetrics metrics = example();
  metrics.tags = {{"a-b", "1"}, {"a.b", "2"}, {"a_b", "3"}};
  EXPECT_THAT(prometheus_text(metrics), HasSubstr(R"(tag_a_b="1",tag_a_b_="2",tag_a_b__="3"})"));
}

TEST(LiveMetrics, ForStatsdAreDifferencesWithTags) {
  LiveMetrics before = example();
  before.load.totals.sent = 5;
  before.load.totals.statuses[201] = 4;
  const std::string lines = statsd_lines(example(), before);
  EXPECT_THAT(lines, HasSubstr("sagactl.loadtest.sent:2|c|#commit:4f1c \"x\",9 lives:a_b=c\n"));
  EXPECT_THAT(lines, HasSubstr("sagactl.loadtest.rate:200|g|#"));
  EXPECT_THAT(lines, Not(HasSubstr("status.201"))) << "it has not changed";
}

TEST(LiveMetrics, ForOpenTelemetryAreCumulativeSumsAndAHistogram) {
  const Json request = otlp_json(example());
  const Json& metrics = request["resourceMetrics"][0]["scopeMetrics"][0]["metrics"];
  const auto named = [&](const char* name) {
    for (const Json& metric : metrics)
      if (metric["name"] == name) return metric;
    return Json();
  };
  const Json requests = named("sagactl.loadtest.requests")["sum"];
  EXPECT_EQ(requests["aggregationTemporality"], 2);
  EXPECT_EQ(requests["isMonotonic"], true);
  EXPECT_EQ(requests["dataPoints"][0]["asInt"], "4");
  EXPECT_EQ(requests["dataPoints"][0]["timeUnixNano"], "1795179850000000000");
  const Json point = named("sagactl.loadtest.response.duration")["histogram"]["dataPoints"][0];
  EXPECT_EQ(point["bucketCounts"].size(), point["explicitBounds"].size() + 1);
  std::uint64_t sum = 0;
  for (const Json& count : point["bucketCounts"]) sum += std::stoull(count.get<std::string>());
  EXPECT_EQ(sum, 6u);
  EXPECT_EQ(point["count"], "6");
  EXPECT_EQ(named("sagactl.loadtest.rate.planned")["gauge"]["dataPoints"][0]["asDouble"], 250);
}

// The names and the types of the semantic conventions: a status is a number, and what got no answer has none. Two load
// tests at once are two instances of the service, or a collector would take their counts for those of one.
TEST(LiveMetrics, ForOpenTelemetryHaveTheAttributesOfItsConventions) {
  const Json request = otlp_json(example());
  const Json& of_resource = request["resourceMetrics"][0];
  Json resource = Json::object(), answers = Json::object();
  for (const Json& it : of_resource["resource"]["attributes"]) resource[it["key"].get<std::string>()] = it["value"];
  EXPECT_EQ(resource["service.name"], (Json{{"stringValue", "sagactl-loadtest"}}));
  EXPECT_EQ(resource["service.instance.id"], (Json{{"stringValue", "load-1"}}));
  EXPECT_TRUE(resource.contains("service.version"));
  for (const Json& metric : of_resource["scopeMetrics"][0]["metrics"])
    if (metric["name"] == "sagactl.loadtest.answers")
      for (const Json& point : metric["sum"]["dataPoints"]) answers[point["attributes"][0].dump()] = point["asInt"];
  EXPECT_EQ(answers, (Json{{R"({"key":"error.type","value":{"stringValue":"no_answer"}})", "1"},
                           {R"({"key":"http.response.status_code","value":{"intValue":"201"}})", "4"},
                           {R"({"key":"http.response.status_code","value":{"intValue":"409"}})", "2"}}));
}

TEST(MetricsListener, ServesItsTextAndNothingElse) {
  auto listener = MetricsListener::open("0", [] { return std::string("a 1\n"); });
  ASSERT_TRUE(listener) << listener.error().message;
  std::string url = listener->url();
  EXPECT_THAT(url, testing::StartsWith("http://127.0.0.1:"));
  HttpClient client(*parse_node_url(url.substr(0, url.rfind('/'))));
  const auto served = client.get("/metrics");
  ASSERT_TRUE(served) << served.error().message;
  EXPECT_EQ(served->body, "a 1\n");
  EXPECT_THAT(std::string(served->header("Content-Type")), HasSubstr("version=0.0.4"));
  EXPECT_EQ(client.get("/other")->status, 404);
  const std::string port = url.substr(17, url.rfind('/') - 17);
  EXPECT_THAT(MetricsListener::open(port, nullptr).error().message, HasSubstr("Address already in use"));
  EXPECT_EQ(MetricsListener::open("nowhere", nullptr).error().code, ErrorCode::invalid);
}

// Keeps what it is sent.
class Monitor {
 public:
  Monitor()
      : server_([this](const Received& request) {
          const std::lock_guard lock(mutex_);
          received_.push_back(request);
          return answer(request.path == "/refused" ? 401 : 204, "");
        }) {}
  std::string url() const { return server_.url(); }
  std::vector<Received> received() {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  std::mutex mutex_;
  std::vector<Received> received_;
  ScriptedServer server_;
};

TEST(MetricsTarget, SendsWhereAndAsTheAddressSays) {
  Monitor monitor;
  for (const std::string& address : {"influxdb+" + monitor.url() + "/api/v2/write?org=o&bucket=b",
                                     "influxdb+" + monitor.url(), "otlp+" + monitor.url()}) {
    const auto target = MetricsTarget::open(address, "secret");
    ASSERT_TRUE(target) << target.error().message;
    EXPECT_TRUE((*target)->send(example()));
  }
  const auto received = monitor.received();
  ASSERT_EQ(received.size(), 3u);
  EXPECT_EQ(received[0].path, "/api/v2/write?org=o&bucket=b");
  EXPECT_EQ(received[0].headers.at("authorization"), "Token secret");
  EXPECT_EQ(received[0].body, influx_line(example()));
  EXPECT_EQ(received[1].path, "/write");
  EXPECT_EQ(received[2].path, "/v1/metrics");
  EXPECT_EQ(received[2].headers.at("content-type"), "application/json");
  EXPECT_EQ(received[2].headers.at("authorization"), "Bearer secret");
  EXPECT_EQ(Json::parse(received[2].body), otlp_json(example()));
}

TEST(MetricsTarget, PointsThatACollectorRefusesAreNotSent) {
  std::string answered;
  ScriptedServer server([&](const Received&) { return answer(200, answered); });
  const auto target = MetricsTarget::open("otlp+" + server.url(), "");
  ASSERT_TRUE(target) << target.error().message;
  for (const char* taken : {"", "{}", R"({"partialSuccess":{}})", R"({"partialSuccess":{"rejectedDataPoints":"0"}})"}) {
    answered = taken;
    EXPECT_TRUE((*target)->send(example())) << taken;
  }
  answered = R"({"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old"}})";
  EXPECT_EQ((*target)->send(example()).error().message, "3 data points were refused: too old");
  answered = R"({"partialSuccess":{"rejectedDataPoints":1}})";
  EXPECT_EQ((*target)->send(example()).error().message, "1 data points were refused");
}

TEST(MetricsTarget, SendsDatagramsToStatsd) {
  const int receiver = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(receiver, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  ::getsockname(receiver, reinterpret_cast<sockaddr*>(&address), &size);
  const auto target = MetricsTarget::open("statsd://127.0.0.1:" + std::to_string(ntohs(address.sin_port)), "");
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_TRUE((*target)->send(example()));
  char datagram[2000];
  const ssize_t read = ::recv(receiver, datagram, sizeof datagram, 0);
  ::close(receiver);
  ASSERT_GT(read, 0);
  EXPECT_THAT(std::string(datagram, static_cast<std::size_t>(read)), HasSubstr("sagactl.loadtest.accepted:4|c"));
}

TEST(MetricsTarget, SaysWhatIsWrongWithAnAddress) {
  for (const char* address : {"http://monitor:8086", "otlp+http://monitor:4318?x=1", "statsd://", "influxdb+ftp://x"}) {
    const auto target = MetricsTarget::open(address, "");
    ASSERT_FALSE(target) << address;
    EXPECT_THAT(target.error().message, HasSubstr("statsd://HOST:8125")) << address;
  }
}

class LiveMetricsCommand : public testing::Test {
 protected:
  CommandResult run(std::vector<std::string> arguments) {
    std::vector<std::string> all = {"loadtest", "individual",           "--orders", "20",
                                    "--url",    servers_.node(0).url(), "--token",  "given"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return sandbox_.run(all);
  }
  CliSandbox sandbox_;
  OrderServers servers_{1};
};

TEST_F(LiveMetricsCommand, TheLastSendHasTheWholeRun) {
  Monitor monitor;
  sandbox_.variables["SAGACTL_METRICS_TOKEN"] = "secret";
  const CommandResult ended =
      run({"--metrics-to", "influxdb+" + monitor.url(), "--tag", "commit=4f1c2ab", "-o", "json"});
  ASSERT_FALSE(monitor.received().empty()) << ended.err;
  const std::string last = monitor.received().back().body;
  EXPECT_THAT(last, HasSubstr("scenario=individual,commit=4f1c2ab "));
  EXPECT_THAT(last, HasSubstr("sent=20i,accepted=20i,duplicates=0i,errors=0i,rate=0,")) << "nothing is sent any more";
  EXPECT_THAT(last, HasSubstr("status_201=20i"));
  EXPECT_EQ(monitor.received().back().headers.at("authorization"), "Token secret");
  EXPECT_EQ(ended.json()["tags"], (Json{{"commit", "4f1c2ab"}}));
}

TEST_F(LiveMetricsCommand, TheCountsOfACapacitySearchNeverGoBack) {
  Monitor monitor;
  sandbox_.run({"loadtest", "individual", "--url", servers_.node(0).url(), "--token", "given", "--capacity", "--rate",
                "8/s", "--duration", "500ms", "--threshold", "p99<1us", "--metrics-to", "influxdb+" + monitor.url()});
  ASSERT_FALSE(monitor.received().empty());
  const std::regex sent(" sent=([0-9]+)i");
  std::uint64_t last = 0;
  for (const Received& it : monitor.received()) {
    std::smatch found;
    ASSERT_TRUE(std::regex_search(it.body, found, sent)) << it.body;
    EXPECT_GE(std::stoull(found[1]), last);
    last = std::stoull(found[1]);
  }
  EXPECT_EQ(last, servers_.taken().size()) << "of all runs";
}

TEST_F(LiveMetricsCommand, AMonitorThatRefusesIsReportedWithItsReason) {
  ScriptedServer server([](const Received&) { return answer(400, R"({"error":"unable to parse"})"); });
  const CommandResult ended = run({"--metrics-to", "influxdb+" + server.url()});
  EXPECT_THAT(ended.err, HasSubstr(R"(failed: HTTP 400: {"error":"unable to parse"})"));
}

TEST_F(LiveMetricsCommand, WhoReadsTheFiguresHasTheLastOnesBeforeTheCommandEnds) {
  auto listener = MetricsListener::open("0", [] { return std::string("a 1\n"); });
  ASSERT_TRUE(listener) << listener.error().message;
  const std::string url = listener->url();
  HttpClient client(*parse_node_url(url.substr(0, url.rfind('/'))));
  listener->wait_for_reader({});  // nobody reads
  ASSERT_TRUE(client.get("/metrics") && client.get("/metrics"));
  std::atomic<bool> has_read{false};
  std::jthread reader([&] {
    std::this_thread::sleep_for(50ms);
    has_read = true;
    EXPECT_TRUE(client.get("/metrics"));
  });
  listener->wait_for_reader({});
  EXPECT_TRUE(has_read);
  std::stop_source stopped;
  stopped.request_stop();
  listener->wait_for_reader(stopped.get_token());
}

TEST_F(LiveMetricsCommand, AMonitorThatIsAwayIsReportedAndChangesNothing) {
  const CommandResult ended = run({"--metrics-to", "influxdb+http://127.0.0.1:1", "--metrics-listen", "0"});
  EXPECT_EQ(ended.code, 2) << "the verdict's code, without a database";
  EXPECT_THAT(ended.err, testing::ContainsRegex("1 of 1 sends of metrics to influxdb.http://127.0.0.1:1 failed"));
  EXPECT_THAT(ended.err, testing::ContainsRegex("metrics at http://127.0.0.1:[0-9]+/metrics"));
}

TEST_F(LiveMetricsCommand, WrongTagsAndAddressesAreRefusedBeforeAnythingIsSent) {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"--tag", "commit"}, {"--tag", "a b=c"}, {"--metrics-to", "nowhere"}, {"--metrics-listen", "no"}})
    EXPECT_EQ(run(wrong).code, 4) << wrong[0] << ' ' << wrong[1];
  EXPECT_TRUE(servers_.taken().empty());
}

}  // namespace
}  // namespace sagactl
