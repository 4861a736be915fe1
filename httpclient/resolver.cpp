#include "httpclient/resolver.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "httpclient/client_connection.hpp"

namespace sagactl {

namespace net = boost::asio;

Result<Addresses> resolve_host(const std::string& host) {
  boost::system::error_code is_name;
  const auto address = net::ip::make_address(host, is_name);
  if (!is_name) return Addresses{address};
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failure != 0) {
    const std::string why =
        failure == EAI_SYSTEM ? network_reason({errno, boost::system::system_category()}) : ::gai_strerror(failure);
    return Error{ErrorCode::unavailable, fmt::format("cannot resolve the host '{}': {}", host, why)};
  }
  Addresses addresses;
  for (const addrinfo* it = found; it; it = it->ai_next) {
    net::ip::tcp::endpoint endpoint;
    if (it->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), it->ai_addr, it->ai_addrlen);
    addresses.push_back(endpoint.address());
  }
  ::freeaddrinfo(found);
  if (addresses.empty())
    return Error{ErrorCode::unavailable, fmt::format("cannot resolve the host '{}': it has no address", host)};
  return addresses;
}

struct Resolver::Shared {
  Shared(Resolve how, std::size_t most) : resolve(std::move(how)), threads_max(most) {}

  const Resolve resolve;
  const std::size_t threads_max;
  std::mutex mutex;
  std::deque<std::pair<std::string, Done>> waiting;
  std::size_t threads = 0;

  // Resolves what waits, until nothing does.
  void work() {
    std::unique_lock lock(mutex);
    while (!waiting.empty()) {
      const auto [host, done] = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      done(resolve(host));
      lock.lock();
    }
    --threads;
  }
};

Resolver::Resolver(Resolve resolve, std::size_t threads_max)
    : shared_(std::make_shared<Shared>(std::move(resolve), threads_max)) {}

void Resolver::resolve(std::string host, Done done) {
  const std::lock_guard lock(shared_->mutex);
  shared_->waiting.emplace_back(std::move(host), std::move(done));
  if (shared_->threads == shared_->threads_max) return;
  ++shared_->threads;
  std::thread([shared = shared_] { shared->work(); }).detach();
}

}  // namespace sagactl
