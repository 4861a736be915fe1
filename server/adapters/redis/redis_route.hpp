// To which server a client connects next: to the only one, to the master that the sentinels name, or to the node of a
// cluster that has the locks' slot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/adapters/redis/redis_address.hpp"

namespace sagactl::redis {

struct RedisEndpoint {
  std::string host;
  std::uint16_t port = 0;
  std::string socket = {};       // the path of a Unix socket; then host and port do not count
  std::string server_name = {};  // in its certificate; empty: the host
};

class RedisRoute {
 public:
  explicit RedisRoute(RedisAddress address) : address_(std::move(address)) {}

  // Whether next() is a sentinel, which is to be asked for the master.
  bool asks() const { return address_.kind == RedisKind::sentinel && !target_; }
  RedisEndpoint next() const;

  void found(RedisEndpoint master);  // the answer of a sentinel
  // "MOVED 1792 10.0.0.3:6379" of a cluster's node at `from`. False: it is no such text, or it was followed too often.
  bool follow(std::string_view moved, const RedisEndpoint& from);
  void arrived() { redirects_ = 0; }
  // next() did not work. True: another server can be tried at once; false: after a pause.
  bool failed();

  const RedisAddress& address() const { return address_; }

 private:
  RedisAddress address_;
  std::optional<RedisEndpoint> target_;
  std::size_t member_ = 0;  // the one that is tried
  std::size_t tried_ = 0;   // members, since the last pause
  int redirects_ = 0;
};

}  // namespace sagactl::redis
