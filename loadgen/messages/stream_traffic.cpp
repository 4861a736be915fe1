#include "loadgen/messages/stream_traffic.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include "loadgen/sending/thread_tuning.hpp"

namespace sagactl {

namespace net = boost::asio;

namespace {

// Counts as open until nobody refers to it any more.
std::shared_ptr<OpenStream> counted_stream(StepInProgress step, std::shared_ptr<std::atomic<std::size_t>> count) {
  ++*count;
  return {new OpenStream(std::move(step)), [count](OpenStream* stream) {
            delete stream;
            --*count;
          }};
}

}  // namespace

StreamTraffic::StreamTraffic(const ConnectOptions& connect) : connect_(connect) {}

Result<std::unique_ptr<StreamTraffic>> StreamTraffic::start(const std::vector<std::string>& targets,
                                                            const ConnectOptions& connect) {
  std::unique_ptr<StreamTraffic> traffic(new StreamTraffic(connect));
  for (const std::string& target : targets) {
    const auto url = parse_node_url(target);
    if (!url) return url.error();
    auto tls = make_tls_for(*url, traffic->connect_);
    if (!tls) return tls.error();
    const bool is_direct = !url->socket.empty() || !traffic->connect_.proxy;
    traffic->targets_.push_back({*url, std::move(*tls), is_direct ? nullptr : &*traffic->connect_.proxy});
  }
  raise_file_limit(streams_max);
  traffic->thread_ = std::thread([it = traffic.get()] { it->context_.run(); });
  return traffic;
}

StreamTraffic::~StreamTraffic() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<OpenStream> StreamTraffic::open(std::size_t target, std::string request, StepInProgress step) {
  const bool is_websocket = step.plan->step.kind == MessageStep::Kind::websocket;
  const bool is_full = *open_ >= streams_max;
  auto stream = counted_stream(std::move(step), open_);
  if (is_full) {
    stream->ended(StepReport::End::lost, TransportFailure::no_connection, 0,
                  fmt::format("{} connections of journeys are open, and there may be no more", streams_max));
    return stream;
  }
  net::post(context_, [this, target, is_websocket, stream, request = std::move(request)]() mutable {
    const auto start = is_websocket ? start_websocket : start_event_stream;
    start(context_.get_executor(), targets_[target], std::move(request), std::move(stream));
  });
  return stream;
}

}  // namespace sagactl
