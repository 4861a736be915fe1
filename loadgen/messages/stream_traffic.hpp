// Opens the event streams and WebSockets of journeys, and reads them on one thread for all workers.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "httpclient/connecting/connect_options.hpp"
#include "loadgen/messages/stream_session.hpp"

namespace sagactl {

class StreamTraffic {
 public:
  static constexpr std::size_t streams_max = 20'000;  // at once

  // `targets`: base URLs, as in the ledger. `invalid` when one cannot be read, or a certificate cannot.
  static Result<std::unique_ptr<StreamTraffic>> start(const std::vector<std::string>& targets,
                                                      const ConnectOptions& connect);
  ~StreamTraffic();

  // Any thread. The step opens the stream; `request` is the head that does. The stream is closed by its user.
  std::shared_ptr<OpenStream> open(std::size_t target, std::string request, StepInProgress step);

 private:
  explicit StreamTraffic(const ConnectOptions& connect);

  const ConnectOptions connect_;
  std::deque<StreamTarget> targets_;
  const std::shared_ptr<std::atomic<std::size_t>> open_ = std::make_shared<std::atomic<std::size_t>>(0);
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> working_{context_.get_executor()};
  std::thread thread_;
};

}  // namespace sagactl
