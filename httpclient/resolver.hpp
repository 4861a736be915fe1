// The addresses of hosts, found without holding up the thread that asks.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/result.hpp"

namespace sagactl {

using Addresses = std::vector<boost::asio::ip::address>;

// Waits. At least one address; one when `host` is an address itself. `unavailable` says why there is none.
Result<Addresses> resolve_host(const std::string& host);

// Up to `threads_max` hosts at once, so that a name server that does not answer for one does not hold up others. Any
// thread.
class Resolver {
 public:
  using Resolve = std::function<Result<Addresses>(const std::string& host)>;
  using Done = std::function<void(Result<Addresses>)>;

  explicit Resolver(Resolve resolve = resolve_host, std::size_t threads_max = 8);

  // Calls `done` once, on another thread, possibly after this resolver was destroyed: nothing can end a question to a
  // name server. So `done` owns what it uses.
  void resolve(std::string host, Done done);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace sagactl
