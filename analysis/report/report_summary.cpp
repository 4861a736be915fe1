// The summary of a load test in the form of k6's handleSummary() data (k6 0.40 and later), for programs that read that.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/report.hpp"
#include "analysis/result/json_view.hpp"
#include "loadgen/run.hpp"

namespace sagactl {
namespace {

Json trend(const JsonView& latency) {
  const auto at = [&](const char* member) { return latency[member].number().value_or(0); };
  return Json{{"type", "trend"},
              {"contains", "time"},
              {"values", Json{{"med", at("p50")},
                              {"p(90)", at("p90")},
                              {"p(99)", at("p99")},
                              {"p(99.9)", at("p999")},
                              {"max", at("max")},
                              {"count", latency["samples"].count()}}}};
}

Json counter(std::uint64_t count, double seconds) {
  return Json{{"type", "counter"},
              {"contains", "default"},
              {"values", Json{{"count", count}, {"rate", seconds > 0 ? static_cast<double>(count) / seconds : 0.0}}}};
}

// `passes` are the requests that failed: in k6 the rate is of values that are not zero.
Json rate(std::uint64_t passes, std::uint64_t all) {
  const double share = all == 0 ? 0 : static_cast<double>(passes) / static_cast<double>(all);
  return Json{{"type", "rate"},
              {"contains", "default"},
              {"values", Json{{"rate", share}, {"passes", passes}, {"fails", all - std::min(all, passes)}}}};
}

// A verdict is a check that was evaluated once.
Json checks(const JsonView& result) {
  Json list = Json::array();
  for (const Json& item : result["verdicts"].list()) {
    const JsonView verdict(item);
    if (!verdict["counted"].is_true()) continue;
    const bool passed = verdict["verdict"].text() == "PASS";
    const std::string name = verdict["name"].text();
    list.push_back(Json{{"name", name}, {"path", "::" + name}, {"passes", passed ? 1 : 0}, {"fails", passed ? 0 : 1}});
  }
  return list;
}

struct StepRequests {
  std::uint64_t sent = 0, failed = 0;
};

// Of a step of a journey; those of the step that creates the order are the requests of the result.
StepRequests requests_of(const JsonView& step) {
  StepRequests of_step{.sent = step["sent"].count()};
  for (const char* member : {"unexpected", "noValue", "notInTime", "unanswered"})
    of_step.failed += step[member].count();
  of_step.failed = std::min(of_step.failed, of_step.sent);
  return of_step;
}

// Of all steps that create no order.
StepRequests step_requests(const JsonView& result) {
  StepRequests all;
  for (const Json& item : result["journeys"]["steps"].list()) {
    const JsonView step(item);
    if (step["creates"].is_true()) continue;
    const StepRequests of_step = requests_of(step);
    all.sent += of_step.sent;
    all.failed += of_step.failed;
  }
  return all;
}

// As submetrics: "http_reqs{name:pay}". Of the step that creates the order `failed_orders` failed. Returns the tag of
// that step; "" where there is none.
std::string add_steps(Json& metrics, const JsonView& result, double seconds, std::uint64_t failed_orders) {
  std::string of_orders;
  for (const Json& item : result["journeys"]["steps"].list()) {
    const JsonView step(item);
    const std::string tag = fmt::format("{{name:{}}}", step["step"].text());
    const StepRequests of_step = requests_of(step);
    metrics["http_reqs" + tag] = counter(of_step.sent, seconds);
    metrics["http_req_duration" + tag] = trend(step["serviceLatency"]);
    metrics["http_req_duration_from_plan" + tag] = trend(step["latency"]);
    const bool creates = step["creates"].is_true();
    metrics["http_req_failed" + tag] = rate(creates ? failed_orders : of_step.failed, of_step.sent);
    if (creates) of_orders = tag;
  }
  return of_orders;
}

// The metric of ours that a threshold is about.
std::string metric_of(const std::string& threshold) {
  if (threshold.starts_with("errors")) return "http_req_failed";
  if (threshold.starts_with("throughput")) return "orders_accepted";
  return threshold.starts_with("saga-") || threshold.find("saga") != std::string::npos ? "saga_duration"
                                                                                       : "http_req_duration";
}

}  // namespace

std::string summary_report(const Json& json) {
  const JsonView result(json), requests = result["requests"];
  const double seconds = result["ratedMs"].number().value_or(0) / 1000;
  const std::uint64_t sent = requests["sent"].count();
  const std::uint64_t failed_orders = sent - std::min(sent, request_counts(requests.json()).good());
  const StepRequests steps = step_requests(result);
  // Of all requests, as the others; a result of single requests has only those that create orders.
  const JsonView times = result["journeys"]["latency"].empty() ? result : result["journeys"];
  Json metrics{{"http_reqs", counter(sent + steps.sent, seconds)},
               {"http_req_duration", trend(times["serviceLatency"])},
               {"http_req_duration_from_plan", trend(times["latency"])},
               {"http_req_failed", rate(failed_orders + steps.failed, sent + steps.sent)},
               {"orders_accepted", counter(requests["succeeded"].count(), seconds)},
               {"dropped_iterations", counter(result["generator"]["skipped"].count(), seconds)}};
  if (!result["sagaLatency"].empty()) metrics["saga_duration"] = trend(result["sagaLatency"]);
  const std::string of_orders = add_steps(metrics, result, seconds, failed_orders);
  for (const Json& item : result["thresholds"].list()) {
    const JsonView threshold(item);
    const std::string text = threshold["threshold"].text();
    std::string metric = metric_of(text);
    // What thresholds are about here.
    if (metric == "http_req_duration") metric = "http_req_duration_from_plan" + of_orders;
    if (metric == "http_req_failed") metric += of_orders;
    if (metrics.contains(metric))
      metrics[metric]["thresholds"][text] = Json{{"ok", threshold["verdict"].text() == "PASS"}};
  }
  const Json group{{"name", ""}, {"path", ""}, {"groups", Json::array()}, {"checks", checks(result)}};
  const Json summary{{"root_group", group},
                     {"metrics", std::move(metrics)},
                     {"options", Json{{"summaryTimeUnit", "ms"}}},
                     {"state", Json{{"testRunDurationMs", result["measuredMs"].number().value_or(0)}}}};
  return json_text(summary, 1) + '\n';
}

}  // namespace sagactl
