// One participant of one definition, as this node calls it: its connections, the calls that wait for one, its breaker.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/adapters/participants/breaker.hpp"
#include "server/adapters/participants/call_connection.hpp"
#include "server/adapters/participants/loop_parts.hpp"
#include "server/ports/participant_caller.hpp"

namespace sagactl {

// Of the loop's thread, but for stats().
class ParticipantTarget {
 public:
  // `url` is of the server that is called. It is the participant's own, or another to which an answer's Location led:
  // then nothing that proves who this node is goes there, neither a certificate nor a secret.
  ParticipantTarget(LoopParts& parts, std::uint64_t number, Url url, const ParticipantCall& call);
  ~ParticipantTarget();

  std::uint64_t number() const { return number_; }
  // Makes the one call in the list, or lets it wait, or answers it.
  void submit(PendingCalls call, SteadyTime now);
  // It waits here, and is answered as not called.
  void withdraw(PendingCalls::iterator call, const std::string& reason);
  void addresses_found(Result<Addresses> found);
  // Answers the calls that have waited for too long.
  void turn(SteadyTime now);
  void destroy(CallConnection& connection) { connections_.erase(&connection); }
  void stop(const std::string& reason);
  // Whether it has been of no use for a while.
  bool is_forgotten(SteadyTime now) const;
  ParticipantStats stats() const;

  // For its connections.
  std::string origin() const { return url_.text(); }
  // Whom it connects to: the participant, or the proxy that leads there.
  std::string peer() const { return proxy_ ? proxy_->proxy().name() : origin(); }
  const std::string& peer_host() const { return proxy_ ? proxy_->url().host : url_.host; }
  const StreamRoute& route() const { return route_; }
  // Whether its addresses are known. If not, that connection is given them later.
  bool has_addresses();
  std::size_t address_count() const { return addresses_.size(); }
  boost::asio::ip::tcp::endpoint address(std::size_t number) const;  // any number: counted round
  std::size_t first_address() const { return preferred_; }           // the one to begin with
  void reached(std::size_t number) { preferred_ = number; }
  void ended(CallConnection& connection, PendingCalls call, CallEnd end);
  void lost(CallConnection& connection);  // it was closed while it had no call

 private:
  struct Counters {
    std::atomic<std::uint64_t> calls = 0, failures = 0, took_us = 0;
    std::atomic<std::size_t> running = 0, waiting = 0;
    std::atomic<bool> is_open = false;
  };

  void pump(SteadyTime now);
  void begin(PendingCalls call, SteadyTime now);
  void enqueue(PendingCalls call);
  PendingCalls dequeue(PendingCalls::iterator call);
  CallConnection& free_connection();
  Result<void> read_files(SteadyTime now);
  Result<void> keep_allowed(Addresses& found) const;
  void record(const CallEnd& end, bool was_probe, SteadyTime now);
  std::string not_allowed(const std::string& what) const;

  LoopParts& parts_;
  const std::uint64_t number_;
  const Url url_;
  const std::string host_header_;
  const std::string definition_;
  const ParticipantDefinition participant_;
  const bool is_own_;
  const HostListing listing_;
  const CallProxy* const proxy_;  // null: it is called directly
  std::string forbidden_;         // why it may not be called; empty: it may, as far as is known without its addresses

  std::shared_ptr<TlsContext> tls_;
  StreamRoute route_;  // by tls_
  ParticipantSecret secret_;
  std::optional<SteadyTime> files_read_at_;

  Addresses addresses_;
  std::size_t preferred_ = 0;
  std::optional<SteadyTime> resolved_at_;  // never_due: it is an address itself
  bool is_resolving_ = false;

  PendingCalls waiting_;
  std::size_t running_ = 0;
  std::unordered_map<CallConnection*, std::unique_ptr<CallConnection>> connections_;
  std::vector<CallConnection*> idle_;
  bool is_pumping_ = false;
  Breaker breaker_;
  SteadyTime used_at_{};
  Counters counters_;
};

}  // namespace sagactl
