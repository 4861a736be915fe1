#include "cli/livemetrics/metrics_sender.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "cli/client/json_answer.hpp"
#include "cli/interrupt.hpp"
#include "common/text/host_port.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"
#include "httpclient/http_client.hpp"

namespace sagactl {
namespace {

namespace asio = boost::asio;

constexpr Duration send_interval = 1s;
constexpr Duration send_time = 2s;
constexpr std::size_t datagram_max = 1'400;  // fits into one packet of any usual network
constexpr std::uint16_t statsd_port = 8125;

Error wrong_target(const std::string& address, std::string_view why) {
  return {ErrorCode::invalid,
          fmt::format("'{}' is not an address for metrics: {}; write influxdb+http://HOST:8086/write?db=NAME, "
                      "otlp+http://HOST:4318 or statsd://HOST:8125",
                      without_secrets(std::string_view(address)), why)};
}

HttpClientOptions client_options() {
  HttpClientOptions options;
  options.timeout = send_time;
  options.body_max = 64 * 1024;
  return options;
}

Result<HttpResponse> post(HttpClient& client, const HttpRequest& request) {
  const auto response = client.send(request);
  if (!response || response->ok()) return response;
  // What is wrong with the request is in the answer, as JSON or as text.
  constexpr std::size_t shown_max = 300;
  const std::string why(trim(std::string_view(response->body).substr(0, shown_max)));
  return Error{ErrorCode::unavailable, fmt::format("HTTP {}{}{}", response->status, why.empty() ? "" : ": ", why)};
}

class InfluxTarget final : public MetricsTarget {
 public:
  InfluxTarget(const Url& url, std::string path, const std::string& token)
      : client_(url, client_options()), path_(std::move(path)) {
    headers_ = {{"Content-Type", "text/plain; charset=utf-8"}};
    if (!token.empty()) headers_.emplace_back("Authorization", "Token " + token);
  }
  Result<void> send(const LiveMetrics& metrics) override {
    const auto taken = post(client_, {"POST", path_, influx_line(metrics), headers_});
    if (!taken) return taken.error();
    return {};
  }

 private:
  HttpClient client_;
  const std::string path_;
  HttpHeaders headers_;
};

// A server may take a part and answer 200 (OTLP 1.x, partial success). 64-bit numbers are texts in its JSON.
Result<void> rejected_points(const Json& answer) {
  const Json& part = json_member(answer, "partialSuccess");
  const Json& rejected = json_member(part, "rejectedDataPoints");
  const std::string count = rejected.is_string() ? rejected.get<std::string>() : json_text(rejected);
  if (rejected.is_null() || count == "0") return {};
  const Json& why = json_member(part, "errorMessage");
  return Error{ErrorCode::unavailable, fmt::format("{} data points were refused{}", count,
                                                   why.is_string() ? ": " + why.get<std::string>() : std::string())};
}

class OtlpTarget final : public MetricsTarget {
 public:
  OtlpTarget(const Url& url, const std::string& token) : client_(url, client_options()) {
    headers_ = {{"Content-Type", "application/json"}};
    if (!token.empty()) headers_.emplace_back("Authorization", "Bearer " + token);
  }
  Result<void> send(const LiveMetrics& metrics) override {
    const auto taken = post(client_, {"POST", "/v1/metrics", json_text(otlp_json(metrics)), headers_});
    if (!taken) return taken.error();
    return rejected_points(read_json(taken->body));
  }

 private:
  HttpClient client_;
  HttpHeaders headers_;
};

class StatsdTarget final : public MetricsTarget {
 public:
  // Throws a system_error when the host is not known.
  StatsdTarget(const std::string& host, std::uint16_t port) : socket_(context_) {
    const auto found = *asio::ip::udp::resolver(context_).resolve(host, std::to_string(port)).begin();
    socket_.connect(found.endpoint());
  }
  Result<void> send(const LiveMetrics& metrics) override {
    const std::string lines = statsd_lines(metrics, before_);
    before_ = metrics;
    boost::system::error_code failed;
    // Whole lines in each datagram.
    for (std::size_t from = 0; from < lines.size() && !failed;) {
      std::size_t to = std::min(from + datagram_max, lines.size());
      if (to < lines.size()) to = lines.rfind('\n', to - 1) + 1;
      if (to <= from) break;
      socket_.send(asio::buffer(lines.data() + from, to - from), 0, failed);
      from = to;
    }
    if (failed) return Error{ErrorCode::unavailable, failed.message()};
    return {};
  }

 private:
  asio::io_context context_;
  asio::ip::udp::socket socket_;
  LiveMetrics before_;
};

Result<std::unique_ptr<MetricsTarget>> open_statsd(const std::string& address, std::string_view place) {
  const auto server = parse_host_port(place);
  if (!server) return wrong_target(address, server.error().message);
  try {
    return std::unique_ptr<MetricsTarget>(
        std::make_unique<StatsdTarget>(server->host, server->port.value_or(statsd_port)));
  } catch (const boost::system::system_error& failed) {
    return wrong_target(address, failed.code().message());
  }
}

}  // namespace

Result<std::unique_ptr<MetricsTarget>> MetricsTarget::open(const std::string& address, const std::string& token) {
  constexpr std::string_view statsd = "statsd://", influx = "influxdb+", otlp = "otlp+";
  const std::string_view text = address;
  if (text.starts_with(statsd)) return open_statsd(address, text.substr(statsd.size()));
  const bool is_influx = text.starts_with(influx);
  if (!is_influx && !text.starts_with(otlp)) return wrong_target(address, "its scheme is not known");
  const std::string_view place = text.substr(is_influx ? influx.size() : otlp.size());
  const std::size_t query = std::min(place.find('?'), place.size());
  const auto url = parse_http_url(place.substr(0, query));
  if (!url) return wrong_target(address, url.error().message);
  if (!is_influx) {
    if (query != place.size()) return wrong_target(address, "an address for OTLP has no query");
    return std::unique_ptr<MetricsTarget>(std::make_unique<OtlpTarget>(*url, token));
  }
  Url server = *url;
  const std::string path =
      (server.prefix.empty() ? std::string("/write") : server.prefix) + std::string(place.substr(query));
  server.prefix.clear();
  return std::unique_ptr<MetricsTarget>(std::make_unique<InfluxTarget>(server, path, token));
}

MetricsSender::MetricsSender(std::vector<std::unique_ptr<MetricsTarget>> targets, std::vector<std::string> names,
                             std::function<LiveMetrics()> now)
    : now_(std::move(now)) {
  for (std::size_t i = 0; i < targets.size(); ++i)
    targets_.push_back({.target = std::move(targets[i]), .name = std::move(names[i])});
  thread_ = std::jthread([this](const std::stop_token& stop) {
    while (pause(stop, send_interval)) send();
    send();
  });
}

MetricsSender::~MetricsSender() {
  stop();
}

void MetricsSender::send() {
  const LiveMetrics metrics = now_();
  for (Target& it : targets_) {
    ++it.sends;
    const auto sent = it.target->send(metrics);
    if (sent) continue;
    if (it.failed++ == 0) it.first_failure = sent.error().message;
  }
}

std::vector<std::string> MetricsSender::stop() {
  std::vector<std::string> lines;
  if (!thread_.joinable()) return lines;
  thread_.request_stop();
  thread_.join();
  for (const Target& it : targets_)
    if (it.failed > 0)
      lines.push_back(
          fmt::format("{} of {} sends of metrics to {} failed: {}", it.failed, it.sends, it.name, it.first_failure));
  return lines;
}

}  // namespace sagactl
