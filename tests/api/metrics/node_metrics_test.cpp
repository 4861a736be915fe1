// GET /metrics: which series exist from the start, what they count, and both formats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "common/text/text.hpp"
#include "server/http/metrics/open_metrics.hpp"
#include "server/saga/definition.hpp"
#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

using ::testing::HasSubstr;

class MetricsRoute : public testing::Test {
 protected:
  HttpResponse scrape(const std::string& accept = "") {
    HttpRequest request{"GET", "/metrics", "", {}};
    if (!accept.empty()) request.headers.emplace_back("Accept", accept);
    return node.client().send(request).value();
  }
  // Each sample by its name and labels, as written.
  std::map<std::string, double> samples() {
    std::map<std::string, double> found;
    for (const std::string& line : split(scrape().body, '\n')) {
      if (line.empty() || line.front() == '#') continue;
      const std::size_t space = line.rfind(' ');
      EXPECT_TRUE(found.emplace(line.substr(0, space), std::strtod(line.c_str() + space, nullptr)).second)
          << line << " is a duplicate";
    }
    return found;
  }

  ApiNode node;
  HttpClient customer = node.customer();
};

TEST_F(MetricsRoute, EveryCounterInAnAlertExistsFromTheStart) {
  auto now = samples();
  for (const char* result :
       {"accepted", "replayed", "duplicate", "invalid", "unauthenticated", "forbidden", "not_found", "conflict",
        "too_large", "busy", "retry", "unknown_outcome", "unavailable", "bug"}) {
    const std::string name = "sagactl_orders_total{result=\"" + std::string(result) + "\"}";
    ASSERT_TRUE(now.contains(name)) << name;
    EXPECT_EQ(now[name], 0) << name;
  }
  for (const char* family :
       {"sagactl_http_responses_total{class=\"5xx\"}", "sagactl_http_refused_total{reason=\"rate\"}",
        "sagactl_http_refused_total{reason=\"connections\"}",
        "sagactl_http_refused_total{reason=\"Payload Too Large\"}", "sagactl_fenced_total",
        "sagactl_sagas_adopted_total", "sagactl_late_charges_total", "sagactl_sagas_stuck",
        "sagactl_events_held_back_seconds"})
    EXPECT_TRUE(now.contains(family)) << family;
  for (const SagaDefinition& definition : definitions()) {
    const std::string type = "type=\"" + std::string(definition.name) + "\"";
    EXPECT_TRUE(now.contains("sagactl_sagas_started_total{" + type + "}")) << type;
    for (const char* status : {"completed", "failed", "compensated"}) {
      const std::string labels = "{status=\"" + std::string(status) + "\"," + type + "}";
      EXPECT_TRUE(now.contains("sagactl_sagas_ended_total" + labels)) << labels;
      EXPECT_TRUE(now.contains("sagactl_saga_duration_seconds_count" + labels)) << labels;
    }
  }
}

TEST_F(MetricsRoute, OrdersAreCountedByResult) {
  const HttpRequest keyed{"POST", "/orders", order_body("p").dump(), {{"Idempotency-Key", "k"}}};
  ASSERT_EQ(customer.send(keyed)->status, 201);
  ASSERT_EQ(customer.send(keyed)->status, 201);
  ASSERT_EQ(customer.post("/orders", order_body("p"))->status, 409);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(customer.post("/orders", Json{{"items", Json::array()}})->status, 400);
  ASSERT_EQ(node.admin().post("/api/orders", Json::object())->status, 400);
  auto now = samples();
  const std::pair<const char*, double> rows[] = {{"accepted", 1}, {"replayed", 1}, {"duplicate", 1}, {"invalid", 4}};
  for (const auto& [result, count] : rows)
    EXPECT_EQ(now["sagactl_orders_total{result=\"" + std::string(result) + "\"}"], count) << result;
}

TEST_F(MetricsRoute, SagasAndTheirStepsAreCountedAndTimed) {
  const std::string id = node.place_and_await(customer, "p");
  ASSERT_EQ(customer.del("/orders/" + id)->status, 200);
  node.await_end(id, 2);
  auto now = samples();
  const std::string type = "type=\"OrderProcessingSaga\"";
  EXPECT_EQ(now["sagactl_sagas_started_total{" + type + "}"], 1);
  EXPECT_EQ(now["sagactl_sagas_ended_total{status=\"completed\"," + type + "}"], 1);
  EXPECT_EQ(now["sagactl_sagas_ended_total{status=\"compensated\"," + type + "}"], 1);
  EXPECT_EQ(now["sagactl_saga_duration_seconds_count{status=\"completed\"," + type + "}"], 1);
  EXPECT_GT(now["sagactl_saga_duration_seconds_sum{status=\"completed\"," + type + "}"], 0);
  const std::string pay = "step=\"payment_processing\"," + type;
  EXPECT_EQ(now["sagactl_step_duration_seconds_count{status=\"succeeded\"," + pay + "}"] +
                now["sagactl_step_duration_seconds_count{" + std::string("status=\"compensated\",") + pay + "}"],
            2);
  EXPECT_EQ(now["sagactl_compensations_total{" + pay + "}"], 1);
  EXPECT_EQ(now["sagactl_step_retries_total{direction=\"action\"," + pay + "}"], 0);
}

TEST_F(MetricsRoute, HasTheBuildAndTheProcess) {
  auto now = samples();
  EXPECT_EQ(now["sagactl_build_info{revision=\"unknown\",version=\"unknown\"}"], 1);
  EXPECT_GT(now["process_resident_memory_bytes"], 1e6);
  EXPECT_GT(now["process_open_fds"], 3);
  EXPECT_GE(now["process_max_fds"], now["process_open_fds"]);
  EXPECT_GT(now["process_cpu_seconds_total"], 0);
  EXPECT_GT(now["process_start_time_seconds"], 1.6e9);
}

// The checks of promtool's linter, and what scrapers of either format reject.
TEST_F(MetricsRoute, EveryFamilyIsNamedForItsType) {
  std::set<std::string> families;
  std::map<std::string, std::string> types;
  for (const std::string& line : split(scrape().body, '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() < 4 || words[0] != "#") continue;
    EXPECT_TRUE(words[1] != "HELP" || families.insert(words[2]).second) << words[2] << " has two families";
    if (words[1] == "TYPE") types[words[2]] = words[3];
  }
  for (const auto& [name, type] : types) {
    EXPECT_TRUE(families.contains(name)) << name << " has no help";
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
    for (const char* ending : {"_count", "_sum", "_bucket"}) EXPECT_FALSE(name.ends_with(ending)) << name;
  }
  EXPECT_GT(types.size(), 30u);
}

TEST_F(MetricsRoute, OpenMetricsIsNegotiated) {
  const std::string prometheus =
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
      "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  const HttpResponse open = scrape(prometheus);
  EXPECT_EQ(open.header("Content-Type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_TRUE(open.body.ends_with("# EOF\n"));
  EXPECT_THAT(open.body, HasSubstr("# TYPE sagactl_orders counter\n"));
  EXPECT_THAT(open.body, HasSubstr("sagactl_orders_total{result=\"accepted\"} 0\n"));
  EXPECT_THAT(open.body, HasSubstr("le=\"1.0\"}"));
  EXPECT_THAT(open.body, HasSubstr("le=\"+Inf\"}"));
  const HttpResponse text = scrape();
  EXPECT_EQ(text.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(text.body.find("# EOF"), text.body.npos);
  EXPECT_EQ(text.header("Vary"), "Accept");

  EXPECT_TRUE(http::wants_open_metrics(prometheus));
  EXPECT_TRUE(http::wants_open_metrics("Application/OpenMetrics-Text; version=1.0.0"));
  for (const char* other : {"", "*/*", "text/plain", "application/openmetrics-text;q=0",
                            "application/openmetrics-text;q=0.3, text/plain;q=0.5", "application/openmetrics-text;q=x"})
    EXPECT_FALSE(http::wants_open_metrics(other)) << other;
}

}  // namespace
}  // namespace sagactl::test
