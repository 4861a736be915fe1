#include "server/adapters/redis/redis_route.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sagactl::redis {
namespace {

constexpr int redirects_max = 5;

}  // namespace

RedisEndpoint RedisRoute::next() const {
  if (target_) return *target_;
  if (address_.kind == RedisKind::standalone) return {address_.host, address_.port, address_.socket};
  const HostPort& member = address_.members[member_];
  return {member.host, member.port.value_or(0)};
}

void RedisRoute::found(RedisEndpoint master) {
  tried_ = 0;
  target_ = std::move(master);
}

bool RedisRoute::follow(std::string_view moved, const RedisEndpoint& from) {
  if (address_.kind != RedisKind::cluster || !moved.starts_with("MOVED ") || ++redirects_ > redirects_max) return false;
  const std::size_t begin = moved.rfind(' ') + 1, colon = moved.rfind(':');
  if (colon == moved.npos || colon < begin) return false;
  RedisEndpoint target;
  const auto [end, failure] = std::from_chars(moved.data() + colon + 1, moved.data() + moved.size(), target.port);
  if (failure != std::errc{} || end != moved.data() + moved.size() || target.port == 0) return false;
  target.host = moved.substr(begin, colon - begin);
  if (target.host.empty() || target.host == "?") target.host = from.host;  // the node does not know its own name
  target_ = std::move(target);
  return true;
}

bool RedisRoute::failed() {
  if (address_.kind == RedisKind::standalone) return false;
  if (std::exchange(target_, std::nullopt)) {
    tried_ = 0;
    return false;
  }
  member_ = (member_ + 1) % address_.members.size();
  if (++tried_ < address_.members.size()) return true;
  tried_ = 0;
  redirects_ = 0;
  return false;
}

}  // namespace sagactl::redis
