// Calls the participants of users' sagas over HTTP, all of them from one thread. docs/participants.md.
//
// Each participant of a definition has connections, a queue and a breaker of its own, so that one that is slow or fails
// holds up no other. What a call came to is certain or not known, and nothing in between: a request is never sent
// twice, not even when a kept connection was closed just as it was sent. Whether the server had read it cannot be known
// then; the engine asks or repeats the call, under the same Idempotency-Key, and that is the one place where calls
// repeat.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "httpclient/resolver.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/participant_caller.hpp"

namespace sagactl {

struct ParticipantCallerOptions {
  std::vector<std::string> allow = {};     // which servers may be called: see AllowList. Empty: this machine's own
  std::string proxy = {};                  // "http://proxy:3128", see CallProxy; empty: none
  std::vector<std::string> no_proxy = {};  // who is called without it
  std::filesystem::path files = {};        // the directory of the files that definitions name; empty: none
  std::string node_url = {};               // of this node, for Saga-Answer: "http://10.0.0.1:3000"; may be set later
  std::string shared_secret = {};          // of the cluster, for auth::AnswerTokens; empty: no Saga-Answer
  std::size_t waiting_max = 10'000;        // calls that wait for one participant; more are answered at once
  std::size_t body_max = 64 * 1024;        // of an answer
  // An unused connection is closed after this time. Shorter than the 5 s after which common servers close it, so that
  // it is rarely closed just as a request is sent.
  Duration idle_time = 4s;
  Resolver::Resolve resolve = {};  // of host names, on threads of its own; empty: the system's
};

// Any thread. Destroying it answers every call that is in progress; no `done` is called afterwards.
class HttpParticipantCaller : public ParticipantCaller {
 public:
  // The address by which participants reach this node: from the next call on.
  virtual void set_node_url(std::string url) = 0;
};

// `clock` outlives it. `invalid` names the entry of `allow` or `no_proxy` that is none, or says that `proxy` is none.
//
//   ParticipantCallerOptions options;
//   options.allow = node.participants_allow;
//   options.files = node.participants_files;
//   options.shared_secret = secrets.cluster;
//   auto caller = make_participant_caller(std::move(options), clock);
//   (*caller)->set_node_url("http://10.0.0.1:3000");   // once the port is known
//   engine.set_participants(**caller);                 // before the first call; the engine is stopped first
Result<std::unique_ptr<HttpParticipantCaller>> make_participant_caller(ParticipantCallerOptions options, Clock& clock);

}  // namespace sagactl
