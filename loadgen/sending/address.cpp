#include "loadgen/sending/address.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace sagactl {
namespace {

constexpr int connect_limit_ms = 2000;
constexpr std::size_t addresses_max = 16;  // of one host

bool accepts_connection(const addrinfo& candidate) {
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

void add(ResolvedTarget& found, const addrinfo& candidate) {
  char name[NI_MAXHOST] = "";
  getnameinfo(candidate.ai_addr, candidate.ai_addrlen, name, sizeof name, nullptr, 0, NI_NUMERICHOST);
  if (std::find(found.names.begin(), found.names.end(), name) != found.names.end()) return;
  LoadAddress address;
  std::memcpy(&address.storage, candidate.ai_addr, candidate.ai_addrlen);
  address.size = candidate.ai_addrlen;
  found.addresses.push_back(address);
  found.names.emplace_back(name);
}

}  // namespace

Result<ResolvedTarget> resolve_target(const Url& url) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &wanted, &list);
  if (failure != 0 || list == nullptr) {
    return Error{ErrorCode::unavailable, fmt::format("cannot resolve host '{}': {}", url.host, gai_strerror(failure))};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  ResolvedTarget found;
  for (const addrinfo* candidate = list; candidate != nullptr && found.addresses.size() < addresses_max;
       candidate = candidate->ai_next) {
    const bool is_same_family = found.addresses.empty() || found.addresses[0].storage.ss_family == candidate->ai_family;
    if (is_same_family && accepts_connection(*candidate)) add(found, *candidate);
  }
  found.reachable = !found.addresses.empty();
  if (!found.reachable) add(found, *list);
  return found;
}

// A socket to an address of this machine has the same address at both ends.
bool is_on_this_machine(const LoadAddress& address) {
  const int fd = socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_storage own{};
  socklen_t own_size = sizeof own;
  const bool known = connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_size) == 0 &&
                     own.ss_family == address.storage.ss_family;
  close(fd);
  if (!known) return false;
  if (own.ss_family == AF_INET) {
    return reinterpret_cast<const sockaddr_in*>(&own)->sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr.s_addr;
  }
  return std::memcmp(&reinterpret_cast<const sockaddr_in6*>(&own)->sin6_addr,
                     &reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr, sizeof(in6_addr)) == 0;
}

}  // namespace sagactl
