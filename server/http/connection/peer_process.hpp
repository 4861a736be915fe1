// Which process of this machine is at the other end of a connection over loopback.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>

namespace sagactl::http {

// Many programs hand requests of others on to a loopback address: reverse proxies, tunnels, port forwarding. Not all
// say so in a header, and nginx's `proxy_pass` by itself does not. The kernel knows who holds the other end:
//   - a process of another user (www-data, haproxy, caddy) does not speak for the user whom this node belongs to;
//   - a process that listens for connections itself may hand on what it is sent;
//   - one that this node cannot see (another container, a port forward of the cluster) is not known to be neither.
class PeerProcess {
 public:
  PeerProcess() = default;
  PeerProcess(const boost::asio::ip::tcp::endpoint& peer, const boost::asio::ip::tcp::endpoint& own)
      : peer_(peer), own_(own) {}

  // Why the other end is not taken for the node's own user at work; empty when it is. Asks the kernel at the first
  // call, which takes up to a few milliseconds, and remembers. Not for several threads at once.
  const std::string& doubt();

 private:
  boost::asio::ip::tcp::endpoint peer_, own_;
  std::optional<std::string> doubt_;
};

}  // namespace sagactl::http
