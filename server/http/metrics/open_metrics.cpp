#include "server/http/metrics/open_metrics.hpp"

#include <charconv>
#include <cmath>

#include "server/http/accept.hpp"

namespace sagactl::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view counter_ending = "_total";

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

// Bounds of buckets are floats in this format: "1.0", where the older one has "1".
std::string number_text(double value, bool is_bound = false) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char digits[32];
  std::string text(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  if (is_bound && text.find_first_of(".e") == text.npos) text += ".0";
  return text;
}

void append_sample(std::string& out, std::string_view name, std::string_view ending, const ClientMetric& metric,
                   const std::string& value, const std::string& bound = {}) {
  out += name;
  out += ending;
  char separator = '{';
  const auto label = [&](std::string_view label_name, std::string_view label_value) {
    out += separator;
    separator = ',';
    out += label_name;
    out += "=\"";
    append_escaped(out, label_value);
    out += '"';
  };
  for (const ClientMetric::Label& each : metric.label) label(each.name, each.value);
  if (!bound.empty()) label("le", bound);
  if (separator == ',') out += '}';
  out += ' ';
  out += value;
  out += '\n';
}

void append_histogram(std::string& out, std::string_view name, const ClientMetric& metric) {
  const ClientMetric::Histogram& histogram = metric.histogram;
  bool has_last = false;
  for (const ClientMetric::Bucket& bucket : histogram.bucket) {
    has_last |= std::isinf(bucket.upper_bound);
    append_sample(out, name, "_bucket", metric, std::to_string(bucket.cumulative_count),
                  number_text(bucket.upper_bound, true));
  }
  if (!has_last) append_sample(out, name, "_bucket", metric, std::to_string(histogram.sample_count), "+Inf");
  append_sample(out, name, "_sum", metric, number_text(histogram.sample_sum));
  append_sample(out, name, "_count", metric, std::to_string(histogram.sample_count));
}

void append_family(std::string& out, const MetricFamily& family) {
  std::string_view name = family.name;
  const bool is_counter = family.type == MetricType::Counter;
  if (is_counter && name.ends_with(counter_ending)) name.remove_suffix(counter_ending.size());
  const bool is_histogram = family.type == MetricType::Histogram;
  out += "# TYPE ";
  out += name;
  out += is_counter ? " counter\n" : is_histogram ? " histogram\n" : " gauge\n";
  out += "# HELP ";
  out += name;
  out += ' ';
  append_escaped(out, family.help);
  out += '\n';
  for (const ClientMetric& metric : family.metric) {
    if (is_histogram)
      append_histogram(out, name, metric);
    else if (is_counter)
      append_sample(out, name, counter_ending, metric, number_text(metric.counter.value));
    else
      append_sample(out, name, {}, metric, number_text(metric.gauge.value));
  }
}

}  // namespace

std::string open_metrics_text(const std::vector<MetricFamily>& families) {
  std::string out;
  out.reserve(std::size_t{64} * 1024);
  for (const MetricFamily& family : families)
    if (!family.metric.empty()) append_family(out, family);
  out += "# EOF\n";
  return out;
}

bool wants_open_metrics(std::string_view accept) {
  const double wanted = accepted_weight(accept, "application/openmetrics-text").value_or(0);
  return wanted > 0 && wanted >= accepted_weight(accept, "text/plain").value_or(0);
}

}  // namespace sagactl::http
