// What the connections and the participants of one loop share. All of it is of the loop's thread.
#pragma once

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "httpclient/resolver.hpp"
#include "server/adapters/participants/allow_list.hpp"
#include "server/adapters/participants/call_proxy.hpp"
#include "server/adapters/participants/deadline_wheel.hpp"
#include "server/adapters/participants/http_participant_caller.hpp"
#include "server/adapters/participants/participant_files.hpp"
#include "server/auth/answer_token.hpp"
#include "server/participants/calls/participant_call.hpp"
#include "server/ports/clock.hpp"

namespace sagactl {

class CallConnection;
class ParticipantTarget;

// A call until it is answered.
struct PendingCall {
  ParticipantCall call;
  std::function<void(ParticipantAnswer)> done;
  SteadyTime arrived{};

  // Calls `done`, once.
  void answer(ParticipantAnswer answer) { std::exchange(done, nullptr)(std::move(answer)); }
  void refuse(std::string reason) {
    ParticipantAnswer answer;
    answer.failure = std::move(reason);
    answer.was_sent = answer.was_called = false;
    this->answer(std::move(answer));
  }
};

using PendingCalls = std::list<PendingCall>;  // spliced, not copied

// Where the actions of a saga wait that may be withdrawn.
struct WaitingAction {
  ParticipantTarget* target;
  PendingCalls::iterator call;
};

struct LoopParts {
  LoopParts(ParticipantCallerOptions given, AllowList allowed, std::optional<CallProxy> through, Clock& time,
            int epoll_fd)
      : options(std::move(given)),
        clock(time),
        epoll(epoll_fd),
        allow(std::move(allowed)),
        proxy(std::move(through)),
        files(options.files),
        resolver(options.resolve ? options.resolve : resolve_host),
        wheel(time.steady()) {
    if (!options.shared_secret.empty()) tokens.emplace(options.shared_secret);
  }

  const ParticipantCallerOptions options;
  Clock& clock;
  const int epoll;
  const AllowList allow;
  const std::optional<CallProxy> proxy;
  const ParticipantFiles files;
  Resolver resolver;
  DeadlineWheel wheel;
  std::optional<auth::AnswerTokens> tokens;
  std::string node_url;
  std::function<bool()> may_begin;
  // Called before a call begins, so that none does that has been withdrawn.
  std::function<void()> take_withdrawals;
  // Gives an answer of the resolver to a target, on the loop's thread.
  std::function<void(std::uint64_t target, Result<Addresses>)> deliver;
  std::unordered_multimap<SagaId, WaitingAction> waiting_actions;
  std::size_t waiting = 0;               // calls, of all participants
  std::vector<CallConnection*> closed;   // to be destroyed when all events of this turn have been handled
  std::string request;                   // of the next call
  std::array<char, 64 * 1024> received;  // by whichever connection is being read
};

}  // namespace sagactl
