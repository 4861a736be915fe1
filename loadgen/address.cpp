#include "loadgen/address.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace sagactl {
namespace {

constexpr int connect_limit_ms = 2000;

bool takes_connection(const addrinfo& candidate) {
  const int fd = socket(candidate.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  int failure = connect(fd, candidate.ai_addr, candidate.ai_addrlen) == 0 ? 0 : errno;
  if (failure == EINPROGRESS) {
    pollfd wanted{fd, POLLOUT, 0};
    failure = ETIMEDOUT;
    if (poll(&wanted, 1, connect_limit_ms) == 1) {
      socklen_t size = sizeof failure;
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    }
  }
  close(fd);
  return failure == 0;
}

LoadAddress address_of(const addrinfo& candidate) {
  LoadAddress address;
  std::memcpy(&address.storage, candidate.ai_addr, candidate.ai_addrlen);
  address.size = candidate.ai_addrlen;
  return address;
}

}  // namespace

Result<FoundAddress> find_address(const Url& url) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &wanted, &list);
  if (failure != 0 || list == nullptr) {
    return Error{ErrorCode::unavailable,
                 fmt::format("the host '{}' is not known: {}", url.host, gai_strerror(failure))};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  for (const addrinfo* candidate = list; candidate != nullptr; candidate = candidate->ai_next) {
    if (takes_connection(*candidate)) return FoundAddress{address_of(*candidate), true};
  }
  return FoundAddress{address_of(*list), false};
}

}  // namespace sagactl
