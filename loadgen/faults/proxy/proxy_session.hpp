// One connection through the proxy.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "httpclient/as_values.hpp"
#include "loadgen/faults/proxy/proxy_choices.hpp"

namespace sagactl {

namespace proxy_net = boost::asio;
using ProxySocket = proxy_net::generic::stream_protocol::socket;
using ProxyEndpoint = proxy_net::generic::stream_protocol::endpoint;

// What the sessions of a proxy share. It outlives them; for the one thread of the proxy.
struct ProxySurroundings {
  ProxyChoices& choices;
  std::function<Duration()> now;  // since the start of the measured load; below 0 before it
  // Keeps the session until it ends, so that it can be cut.
  std::function<void(std::shared_ptr<class ProxySession>)> start;
};

class ProxySession : public std::enable_shared_from_this<ProxySession> {
 public:
  ProxySession(ProxySurroundings& surroundings, ProxySocket client, ProxyEndpoint server, std::size_t target);
  virtual ~ProxySession() = default;
  virtual proxy_net::awaitable<void> serve() = 0;
  // Both connections break (RST); whatever waits for them ends.
  void cut();
  std::size_t target() const { return target_; }
  virtual bool is_of_client() const { return true; }  // false: a duplicate's, which only the server sees

 protected:
  static constexpr std::size_t piece_size = 64 * 1024;  // bytes that are read at once

  proxy_net::awaitable<bool> connect_to_server();
  // At the rate that holds; false when the connection broke.
  proxy_net::awaitable<bool> write_paced(ProxySocket& socket, std::string_view bytes, proxy_net::steady_timer& timer);
  // False when the session was cut meanwhile.
  proxy_net::awaitable<bool> wait(Duration time, proxy_net::steady_timer& timer);
  void close_orderly();

  ProxySurroundings& surroundings_;
  ProxySocket client_, server_;
  const ProxyEndpoint server_endpoint_;
  const std::size_t target_;
  proxy_net::steady_timer up_timer_, down_timer_;
  bool is_cut_ = false;
};

// Of plain HTTP/1.1: request by request, so that each can be treated.
std::shared_ptr<ProxySession> make_http_session(ProxySurroundings& surroundings, ProxySocket client,
                                                ProxyEndpoint server, std::size_t target);
// Of anything else: bytes.
std::shared_ptr<ProxySession> make_byte_session(ProxySurroundings& surroundings, ProxySocket client,
                                                ProxyEndpoint server, std::size_t target);

}  // namespace sagactl
