#include "server/adapters/participants/http_participant_caller.hpp"

#include <fmt/format.h>

#include "server/adapters/participants/allow_list.hpp"
#include "server/adapters/participants/call_loop.hpp"
#include "server/adapters/participants/call_proxy.hpp"
#include "server/adapters/participants/participant_files.hpp"

namespace sagactl {
namespace {

class LoopCaller final : public HttpParticipantCaller {
 public:
  LoopCaller(const ParticipantCallerOptions& options, AllowList allow, const std::optional<CallProxy>& proxy,
             Clock& clock)
      : allow_(allow),
        proxy_(proxy),
        files_(options.files),
        resolve_(options.resolve ? options.resolve : resolve_host),
        loop_(options, std::move(allow), proxy, clock) {}

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override {
    PendingCalls one;
    one.push_back({std::move(call), std::move(done), {}});
    loop_.call(std::move(one));
  }
  void withdraw(SagaId saga) override { loop_.withdraw(saga); }
  void set_guard(std::function<bool()> may_begin) override { loop_.set_guard(std::move(may_begin)); }
  void set_node_url(std::string url) override { loop_.set_node_url(std::move(url)); }
  std::vector<ParticipantStats> stats() const override { return loop_.stats(); }

  Result<void> check(const SagaDefinition& definition) const override {
    std::string wrong;
    for (const ParticipantDefinition& participant : definition.participants) {
      const auto checked = participant.url.empty() ? by_message(participant) : check_one(participant);
      if (checked) continue;
      if (!wrong.empty()) wrong += "; ";
      wrong += checked.error().message;
    }
    if (!wrong.empty()) return Error{ErrorCode::invalid, wrong};
    return {};
  }

 private:
  static Result<void> by_message(const ParticipantDefinition& participant) {
    return Error{ErrorCode::invalid,
                 fmt::format("the participant '{}' is asked by message, and not over HTTP", participant.name)};
  }

  Result<void> check_one(const ParticipantDefinition& participant) const {
    const auto url = parse_http_url(participant.url);
    if (!url) return url.error();
    if (auto allowed = check_allowed(participant, *url); !allowed) return allowed;
    if (auto tls = files_.tls_for(*url, participant); !tls) return tls.error();
    if (auto secret = files_.secret_of(participant); !secret) return secret.error();
    return {};
  }

  Result<void> check_allowed(const ParticipantDefinition& participant, const Url& url) const {
    const auto no = [&](const std::string& why) {
      return Error{ErrorCode::invalid,
                   fmt::format("this node may not call the participant '{}' at {}{}; it may call {} "
                               "(--participants-allow)",
                               participant.name, url.text(), why, allow_.text())};
    };
    const HostListing listing = allow_.listing_of(url.host, url.port);
    if (listing == HostListing::by_name) return {};
    if (listing == HostListing::no) return no("");
    if (proxy_ && proxy_->is_for(url)) return check_through_proxy(url, listing, no);
    const auto addresses = resolve_(url.host);
    if (!addresses) return no(": its host is not listed by its name, and has no address now");
    for (const auto& address : *addresses)
      if (allow_.allows(address, url.port, listing)) return {};
    const std::string first = addresses->front().to_string();
    return no(first == url.host ? "" : ", which is " + first);
  }

  // What a name leads to is known to the proxy alone.
  template <class No>
  Result<void> check_through_proxy(const Url& url, HostListing listing, const No& no) const {
    boost::system::error_code is_name;
    const auto address = boost::asio::ip::make_address(url.host, is_name);
    if (is_name) return no(", through the proxy: its host has to be listed by its name");
    if (allow_.allows(address, url.port, listing)) return {};
    return no("");
  }

  const AllowList allow_;
  const std::optional<CallProxy> proxy_;
  const ParticipantFiles files_;
  const Resolver::Resolve resolve_;
  CallLoop loop_;
};

}  // namespace

Result<std::unique_ptr<HttpParticipantCaller>> make_participant_caller(ParticipantCallerOptions options, Clock& clock) {
  auto allow = AllowList::parse(options.allow);
  if (!allow) return allow.error();
  std::optional<CallProxy> proxy;
  if (!options.proxy.empty()) {
    auto parsed = CallProxy::parse(options.proxy, options.no_proxy);
    if (!parsed) return parsed.error();
    proxy = std::move(*parsed);
  }
  while (options.node_url.ends_with('/')) options.node_url.pop_back();
  return std::unique_ptr<HttpParticipantCaller>(std::make_unique<LoopCaller>(options, std::move(*allow), proxy, clock));
}

}  // namespace sagactl
