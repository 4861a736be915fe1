// Serves the figures of a running load test to Prometheus: `loadtest --metrics-listen`.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "common/result.hpp"

namespace sagactl {

class MetricsListener {
 public:
  // Listens on "PORT" of this machine's loopback address, or on "HOST:PORT"; port 0 is any free one. `text` is called
  // on a thread of the listener for each request of /metrics. Errors: `invalid`, or `unavailable` when the port is
  // taken.
  static Result<MetricsListener> open(const std::string& address, std::function<std::string()> text);
  MetricsListener(MetricsListener&&) noexcept;
  ~MetricsListener();

  std::string url() const;  // http://HOST:PORT/metrics

  // Waits until the text is read once more, if somebody reads it regularly: for twice the time from one reading to the
  // next, at least ten seconds and at most a minute. Returns at once when nobody does, and when a stop is requested.
  void wait_for_reader(const std::stop_token& stop);

 private:
  class Server;
  explicit MetricsListener(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace sagactl
