#include "loadgen/sending/address.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>

namespace sagactl {
namespace {

constexpr std::chrono::seconds connect_limit{2}, establish_limit{5};
constexpr std::size_t addresses_max = 16;  // of one host

// A connection attempt, up to the point at which a request could be sent.
class ConnectionProbe {
 public:
  explicit ConnectionProbe(const StreamRoute& route) : route_(route) {}

  // Whether it gets there.
  bool reaches(const addrinfo& address) {
    NonblockingStream stream;
    Progress progress = stream.connect(address.ai_addr, address.ai_addrlen);
    if (progress == Progress::wants_write && is_ready(stream, POLLOUT, connect_limit))
      progress = stream.finish_connecting();
    if (progress != Progress::done) return false;
    const auto until = std::chrono::steady_clock::now() + establish_limit;
    do {
      progress = stream.establish(route_);
    } while (is_waiting(progress) && is_ready(stream, progress == Progress::wants_read ? POLLIN : POLLOUT,
                                              until - std::chrono::steady_clock::now()));
    if (progress == Progress::done && is_welcome(stream)) return true;
    refusal_ = refusal_of(stream, progress);
    return false;
  }

  // Why no request can be sent to an address that accepted a connection.
  const std::optional<Error>& refusal() const { return refusal_; }

 private:
  using Progress = NonblockingStream::Progress;

  Error refusal_of(const NonblockingStream& stream, Progress progress) const {
    const std::string& peer = route_.proxy.empty() ? route_.server : route_.proxy;
    if (is_waiting(progress))
      return tls_error(fmt::format("{} accepts connections and then says nothing", peer), TlsFault::other);
    // After the handshake the reason is OpenSSL's alone.
    const bool is_complete = progress == Progress::failed;
    return tls_error(is_complete ? stream.reason() : fmt::format("no TLS with {}: {}", route_.server, stream.reason()),
                     stream.fault());
  }

  static bool is_waiting(Progress progress) {
    return progress == Progress::wants_read || progress == Progress::wants_write;
  }
  static bool is_ready(const NonblockingStream& stream, short events, std::chrono::nanoseconds limit) {
    pollfd wanted{stream.fd(), events, 0};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
    return ms > 0 && poll(&wanted, 1, static_cast<int>(ms)) == 1;
  }

  // A server that wants another certificate of the client says so when the handshake is over (RFC 8446,
  // section 4.4.2.4); others usually send a session then.
  static bool is_welcome(NonblockingStream& stream) {
    constexpr std::chrono::milliseconds patience{250};
    const bool may_follow = stream.is_secured() && SSL_version(stream.ssl()) >= TLS1_3_VERSION;
    if (!may_follow || !is_ready(stream, POLLIN, patience)) return true;
    char byte = 0;
    return is_waiting(stream.read(&byte, 1).progress);
  }

  const StreamRoute& route_;
  std::optional<Error> refusal_;
};

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

namespace {

Result<ResolvedTarget> resolve_socket(const std::string& path, const StreamRoute& route) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  LoadAddress found;
  std::memcpy(&found.storage, &address, sizeof address);
  found.size = sizeof address;
  addrinfo candidate{};
  candidate.ai_addr = reinterpret_cast<sockaddr*>(&address);
  candidate.ai_addrlen = sizeof address;
  return ResolvedTarget{{found}, {path}, ConnectionProbe(route).reaches(candidate)};
}

}  // namespace

Result<ResolvedTarget> resolve_target(const Url& url, const HttpProxy* proxy, const StreamRoute& route) {
  if (!url.socket.empty()) return resolve_socket(url.socket, route);
  const Url& peer = proxy ? proxy->url : url;
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(peer.host.c_str(), std::to_string(peer.port).c_str(), &wanted, &list);
  if (failure != 0 || list == nullptr) {
    return Error{ErrorCode::unavailable,
                 fmt::format("cannot resolve host '{}'{}: {}", peer.host, proxy ? ", which is the proxy's" : "",
                             gai_strerror(failure)),
                 proxy ? Json{{"proxy", proxy->name()}} : Json{}};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  ResolvedTarget found;
  ConnectionProbe probe(route);
  for (const addrinfo* candidate = list; candidate != nullptr && found.addresses.size() < addresses_max;
       candidate = candidate->ai_next) {
    const bool is_same_family = found.addresses.empty() || found.addresses[0].storage.ss_family == candidate->ai_family;
    if (is_same_family && probe.reaches(*candidate)) add(found, *candidate);
  }
  found.reachable = !found.addresses.empty();
  if (!found.reachable && probe.refusal()) return *probe.refusal();
  if (!found.reachable) add(found, *list);
  return found;
}

// A socket to an address of this machine has the same address at both ends.
bool is_on_this_machine(const LoadAddress& address) {
  if (address.storage.ss_family == AF_UNIX) return true;
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
