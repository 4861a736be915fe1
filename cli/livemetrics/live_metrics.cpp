#include "cli/livemetrics/live_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/version.hpp"

namespace sagactl {
namespace {

// Upper bounds of a histogram in microseconds: powers of two, which are bounds of the live histogram as well. 0.26 ms
// to 67 s.
constexpr int bound_first = 8, bound_last = 26;

double in_seconds(Duration time) {
  return static_cast<double>(time.count()) / 1e6;
}

// Up to and including the bound, as Prometheus and OpenTelemetry mean it.
std::uint64_t count_up_to(const LiveHistogramCounts& counts, int power) {
  const std::size_t last = live_bucket_of(Duration{std::int64_t{1} << power});
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i <= last; ++i) sum += counts[i];
  return sum;
}

std::uint64_t count_of_all(const LiveHistogramCounts& counts) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts) sum += count;
  return sum;
}

std::string label_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped.push_back('\\');
    if (c == '\n')
      escaped += "\\n";
    else
      escaped.push_back(c);
  }
  return escaped;
}

// After "tag_", [a-zA-Z0-9_] is what Prometheus takes as the name of a label.
std::string label_name(std::string_view name) {
  std::string safe;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    safe.push_back(is_plain ? c : '_');
  }
  return safe;
}

struct Family {
  const char* name;
  const char* type;
  const char* help;
};

class PrometheusPage {
 public:
  void family(const Family& family) {
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", family.name, family.help, family.type);
    name_ = family.name;
  }
  template <class Value>
  void value(std::string_view labels, Value value, std::string_view suffix = "") {
    text_ += fmt::format("{}{}{} {}\n", name_, suffix, labels.empty() ? "" : fmt::format("{{{}}}", labels), value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  const char* name_ = "";
};

void add_histogram(PrometheusPage& page, const EntryCounts& totals) {
  page.family({"sagactl_loadtest_response_seconds", "histogram", "Response times, from the planned send."});
  for (int power = bound_first; power <= bound_last; ++power)
    page.value(fmt::format("le=\"{}\"", static_cast<double>(std::int64_t{1} << power) / 1e6),
               count_up_to(totals.response, power), "_bucket");
  const std::uint64_t all = count_of_all(totals.response);
  page.value("le=\"+Inf\"", all, "_bucket");
  page.value("", static_cast<double>(totals.response_us) / 1e6, "_sum");
  page.value("", all, "_count");
}

void add_gauges(PrometheusPage& page, const LoadProgress& load) {
  page.family({"sagactl_loadtest_rate", "gauge", "Requests sent per second, over the last quarter second."});
  page.value("", load.rate);
  if (load.rate_planned) {
    page.family({"sagactl_loadtest_rate_planned", "gauge", "Requests planned per second."});
    page.value("", *load.rate_planned);
  }
  page.family({"sagactl_loadtest_recent_response_seconds", "gauge", "Percentiles of about the last second."});
  page.value("quantile=\"0.5\"", in_seconds(load.response_p50));
  page.value("quantile=\"0.99\"", in_seconds(load.response_p99));
}

// InfluxDB keeps a backslash as it is, but takes one before these characters and at the end for an escape, whatever
// stands before it: there it becomes a slash.
std::string influx_escaped(std::string_view text) {
  std::string escaped;
  const auto is_special = [](char c) { return c == ',' || c == '=' || c == ' ' || c == '\n' || c == '\r'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_escape = c == '\\' && (i + 1 == text.size() || is_special(text[i + 1]));
    if (is_special(c)) escaped.push_back('\\');
    escaped.push_back(is_escape ? '/' : c == '\n' || c == '\r' ? ' ' : c);
  }
  return escaped;
}

// What StatsD servers take in a tag.
std::string statsd_tag(std::string_view text) {
  std::string safe(text);
  for (char& c : safe)
    if (c == '|' || c == ',' || c == '#' || c == '\n' || c == '\r' || c == ':') c = '_';
  return safe;
}

Json attribute(const std::string& name, const std::string& value) {
  return Json{{"key", name}, {"value", Json{{"stringValue", value}}}};
}

// Where there was no answer, there is no status but a reason (semantic conventions of OpenTelemetry for HTTP).
Json attribute_of_status(std::size_t status) {
  if (status == 0) return attribute("error.type", "no_answer");
  return Json{{"key", "http.response.status_code"}, {"value", Json{{"intValue", std::to_string(status)}}}};
}

std::string nanoseconds(Timestamp at) {
  return fmt::format("{}000", at.us);
}

Json otlp_sum(const LiveMetrics& metrics, const char* name, const std::vector<std::pair<Json, std::uint64_t>>& values) {
  Json points = Json::array();
  for (const auto& [attributes, value] : values)
    points.push_back(Json{{"attributes", attributes},
                          {"startTimeUnixNano", nanoseconds(metrics.started_at)},
                          {"timeUnixNano", nanoseconds(metrics.at)},
                          {"asInt", std::to_string(value)}});
  constexpr int cumulative = 2;
  return Json{{"name", name},
              {"unit", "{request}"},
              {"sum", Json{{"aggregationTemporality", cumulative}, {"isMonotonic", true}, {"dataPoints", points}}}};
}

Json otlp_gauge(const LiveMetrics& metrics, const char* name, const char* unit, double value) {
  Json point{{"timeUnixNano", nanoseconds(metrics.at)}, {"asDouble", value}};
  return Json{{"name", name}, {"unit", unit}, {"gauge", Json{{"dataPoints", Json::array({std::move(point)})}}}};
}

Json otlp_histogram(const LiveMetrics& metrics) {
  const EntryCounts& totals = metrics.load.totals;
  Json bounds = Json::array(), counts = Json::array();
  std::uint64_t before = 0;
  for (int power = bound_first; power <= bound_last; ++power) {
    const std::uint64_t up_to = count_up_to(totals.response, power);
    bounds.push_back(static_cast<double>(std::int64_t{1} << power) / 1e6);
    counts.push_back(std::to_string(up_to - before));
    before = up_to;
  }
  const std::uint64_t all = count_of_all(totals.response);
  counts.push_back(std::to_string(all - before));
  Json point{{"startTimeUnixNano", nanoseconds(metrics.started_at)},
             {"timeUnixNano", nanoseconds(metrics.at)},
             {"count", std::to_string(all)},
             {"sum", static_cast<double>(totals.response_us) / 1e6},
             {"explicitBounds", std::move(bounds)},
             {"bucketCounts", std::move(counts)}};
  constexpr int cumulative = 2;
  return Json{
      {"name", "sagactl.loadtest.response.duration"},
      {"unit", "s"},
      {"histogram", Json{{"aggregationTemporality", cumulative}, {"dataPoints", Json::array({std::move(point)})}}}};
}

}  // namespace

std::string prometheus_text(const LiveMetrics& metrics) {
  const EntryCounts& totals = metrics.load.totals;
  PrometheusPage page;
  page.family({"sagactl_loadtest_info", "gauge", "The run: always 1."});
  std::string labels =
      fmt::format("scenario=\"{}\",phase=\"{}\"", label_text(metrics.scenario), label_text(metrics.load.phase));
  std::set<std::string> names;
  for (const auto& [name, value] : metrics.tags) {
    std::string unique = label_name(name);
    while (!names.insert(unique).second) unique += '_';
    labels += fmt::format(",tag_{}=\"{}\"", unique, label_text(value));
  }
  page.value(labels, 1);
  page.family({"sagactl_loadtest_sent_total", "counter", "Requests sent."});
  page.value("", totals.sent);
  page.family({"sagactl_loadtest_requests_total", "counter", "Requests whose outcome is known."});
  page.value("outcome=\"accepted\"", totals.accepted);
  page.value("outcome=\"duplicate\"", totals.duplicates);
  page.value("outcome=\"error\"", totals.errors);
  page.family({"sagactl_loadtest_answers_total", "counter", "Answers by HTTP status; 0 without an answer."});
  for (std::size_t status = 0; status < totals.statuses.size(); ++status)
    if (totals.statuses[status] > 0) page.value(fmt::format("status=\"{}\"", status), totals.statuses[status]);
  add_histogram(page, totals);
  add_gauges(page, metrics.load);
  return page.take();
}

std::string influx_line(const LiveMetrics& metrics) {
  const EntryCounts& totals = metrics.load.totals;
  std::string line = "sagactl_loadtest,scenario=" + influx_escaped(metrics.scenario);
  for (const auto& [name, value] : metrics.tags)
    if (!value.empty()) line += fmt::format(",{}={}", influx_escaped(name), influx_escaped(value));
  line += fmt::format(" sent={}i,accepted={}i,duplicates={}i,errors={}i,rate={},p50={},p99={}", totals.sent,
                      totals.accepted, totals.duplicates, totals.errors, metrics.load.rate,
                      in_seconds(metrics.load.response_p50), in_seconds(metrics.load.response_p99));
  if (metrics.load.rate_planned) line += fmt::format(",rate_planned={}", *metrics.load.rate_planned);
  for (std::size_t status = 0; status < totals.statuses.size(); ++status)
    if (totals.statuses[status] > 0) line += fmt::format(",status_{}={}i", status, totals.statuses[status]);
  return line + " " + nanoseconds(metrics.at) + "\n";
}

std::string statsd_lines(const LiveMetrics& metrics, const LiveMetrics& before) {
  const EntryCounts &now = metrics.load.totals, &then = before.load.totals;
  std::string tags;
  for (const auto& [name, value] : metrics.tags)
    tags += fmt::format("{}{}:{}", tags.empty() ? "|#" : ",", statsd_tag(name), statsd_tag(value));
  std::string lines;
  const auto add = [&](std::string_view name, auto value, const char* type) {
    lines += fmt::format("sagactl.loadtest.{}:{}|{}{}\n", name, value, type, tags);
  };
  add("sent", now.sent - then.sent, "c");
  add("accepted", now.accepted - then.accepted, "c");
  add("duplicates", now.duplicates - then.duplicates, "c");
  add("errors", now.errors - then.errors, "c");
  for (std::size_t status = 0; status < now.statuses.size(); ++status) {
    const std::uint64_t earlier = status < then.statuses.size() ? then.statuses[status] : 0;
    if (now.statuses[status] > earlier) add(fmt::format("status.{}", status), now.statuses[status] - earlier, "c");
  }
  add("rate", metrics.load.rate, "g");
  add("p50_ms", in_seconds(metrics.load.response_p50) * 1e3, "g");
  add("p99_ms", in_seconds(metrics.load.response_p99) * 1e3, "g");
  return lines;
}

Json otlp_json(const LiveMetrics& metrics) {
  const EntryCounts& totals = metrics.load.totals;
  Json resource =
      Json::array({attribute("service.name", "sagactl-loadtest"), attribute("service.instance.id", metrics.instance),
                   attribute("service.version", version_number()), attribute("scenario", metrics.scenario)});
  for (const auto& [name, value] : metrics.tags) resource.push_back(attribute(name, value));
  const auto outcome = [](const char* word) { return Json::array({attribute("outcome", word)}); };
  Json list = Json::array();
  list.push_back(otlp_sum(metrics, "sagactl.loadtest.sent", {{Json::array(), totals.sent}}));
  list.push_back(otlp_sum(metrics, "sagactl.loadtest.requests",
                          {{outcome("accepted"), totals.accepted},
                           {outcome("duplicate"), totals.duplicates},
                           {outcome("error"), totals.errors}}));
  std::vector<std::pair<Json, std::uint64_t>> statuses;
  for (std::size_t status = 0; status < totals.statuses.size(); ++status)
    if (totals.statuses[status] > 0)
      statuses.emplace_back(Json::array({attribute_of_status(status)}), totals.statuses[status]);
  if (!statuses.empty()) list.push_back(otlp_sum(metrics, "sagactl.loadtest.answers", statuses));
  list.push_back(otlp_histogram(metrics));
  list.push_back(otlp_gauge(metrics, "sagactl.loadtest.rate", "{request}/s", metrics.load.rate));
  if (metrics.load.rate_planned)
    list.push_back(otlp_gauge(metrics, "sagactl.loadtest.rate.planned", "{request}/s", *metrics.load.rate_planned));
  Json scope{{"scope", Json{{"name", "sagactl"}}}, {"metrics", std::move(list)}};
  Json of_resource{{"resource", Json{{"attributes", std::move(resource)}}},
                   {"scopeMetrics", Json::array({std::move(scope)})}};
  return Json{{"resourceMetrics", Json::array({std::move(of_resource)})}};
}

}  // namespace sagactl
