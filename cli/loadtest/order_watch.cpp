#include "cli/loadtest/order_watch.hpp"

#include <algorithm>
#include <chrono>

#include "cli/loadtest/drain.hpp"
#include "cli/loadtest/seen_times.hpp"
#include "common/text/percent.hpp"

namespace sagactl {
namespace {

constexpr std::string_view order_field = "{order}";
constexpr Duration interval_min = 1'000'000us / OrderWatch::requests_per_second;
constexpr Duration sample_wait = 200ms;
constexpr Duration followed_max = 60s;
constexpr int part_of_age = 10;
// Of a watched order; more are not needed for a percentile.
constexpr std::size_t watched_max = 100'000;

}  // namespace

std::string status_path(const Profile& profile, const std::string& order) {
  std::string path = profile.status.path;
  return path.replace(path.find(order_field), order_field.size(), percent_encode(order));
}

std::optional<std::string> status_in(const HttpResponse& response, const Profile& profile) {
  if (!response.ok()) return std::nullopt;
  const auto body = response.json();
  return body ? seen_text(*body, profile.status.pointer) : std::nullopt;
}

bool is_final(const Profile& profile, const std::string& status) {
  const auto& ends = profile.status.ends;
  return std::find(ends.begin(), ends.end(), status) != ends.end();
}

OrderWatch::OrderWatch(const Invocation& invocation, const Profile& profile, AcceptedSample& sample)
    : profile_(profile), sample_(sample), queries_(invocation, profile) {
  if (queries_.any()) thread_ = std::jthread([this](const std::stop_token& stop) { follow(stop); });
}

std::map<std::string, WatchedOrder> OrderWatch::stop() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  return std::move(ended_);
}

void OrderWatch::follow(const std::stop_token& stop) {
  while (!stop.stop_requested() && ended_.size() < watched_max)
    if (const auto order = sample_.next(sample_wait, stop)) follow(*order, stop);
}

void OrderWatch::follow(const AcceptedSample::Order& order, const std::stop_token& stop) {
  WatchedOrder watched{order.sent, {}, order.sent, {}};
  while (!stop.stop_requested()) {
    const auto asked_at = std::chrono::steady_clock::now();
    const Timestamp before = wall_clock_now();
    const auto response = queries_.get(status_path(profile_, order.id), order.headers);
    const auto status = response ? status_in(*response, profile_) : std::nullopt;
    if (status && is_final(profile_, *status)) {
      watched.ended = wall_clock_now();
      watched.status = *status;
      ended_.emplace(order.id, watched);
      pause_until(stop, asked_at + interval_min);
      return;
    }
    const Duration age = before - order.sent;
    if (!response || age > followed_max) return;
    watched.last_open = before;
    pause_until(stop, std::max(asked_at + std::max(interval_min, age / part_of_age), queries_.not_before()));
  }
}

}  // namespace sagactl
