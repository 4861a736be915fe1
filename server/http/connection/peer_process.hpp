// The process of this machine at the other end of a loopback connection.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>

namespace sagactl::http {

// Reverse proxies, tunnels and port forwarding send requests of others to a loopback address, and not all of them show
// that in a header (nginx's `proxy_pass` alone does not). The kernel knows the process at the other end:
//   - one of another user (www-data, haproxy, caddy) does not act for the user that this node runs as;
//   - one that listens for connections itself may be forwarding;
//   - one that this node cannot see (another container, a cluster's port forward) may be either.
class PeerProcess {
 public:
  PeerProcess() = default;
  PeerProcess(const boost::asio::ip::tcp::endpoint& peer, const boost::asio::ip::tcp::endpoint& own)
      : peer_(peer), own_(own) {}

  // Why the other end does not count as the node's own user; empty when it does. The first call asks the kernel, which
  // takes up to a few milliseconds. Not thread-safe.
  const std::string& not_local_reason();

 private:
  boost::asio::ip::tcp::endpoint peer_, own_;
  std::optional<std::string> not_local_reason_;
};

}  // namespace sagactl::http
