// A batch in memory: decides commands one after the other on the rows that were loaded for all of them, and collects
// the changes to write and the calls to make. Pure, apart from its own state.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "common/random.hpp"
#include "server/engine/batch/saga_progress.hpp"
#include "server/engine/command.hpp"
#include "server/participants/calls/participant_request.hpp"
#include "server/participants/perform.hpp"
#include "server/ports/saga_exchange.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

// Adds the keys of the rows that the command needs.
void add_keys(const Command& command, BatchKeys& keys);
// Adds the keys of the rows that the loaded flows may need: their stock, the idempotency keys that they may claim
// again, and the last event of the flows that a node other than `node` wrote last.
void add_dependent_keys(const std::vector<Flow>& flows, const NodeName& node, BatchKeys& keys);

// `conflict` with the code "SAGA_CHANGED" when the saga has another update time than those; none: any will do.
Result<void> check_unchanged(const Flow& flow, const std::vector<Timestamp>& if_updated_at);

// The durable timer of a saga that a batch has written.
struct Wake {
  OrderId order;
  std::optional<Timestamp> at;  // none: the saga has ended
  Duration in{0};               // from the batch's time to `at`; at most the longest wait of the saga's definition
};

class CommandBatch {
 public:
  // `now` is the database's time, `node_now` the time of the node's steady clock. `random` is for jitter and ids.
  CommandBatch(Loaded loaded, const Writer& writer, std::int64_t last_sequence, const Policy& policy, Timestamp now,
               SteadyTime node_now, Random& random);
  CommandBatch(const CommandBatch&) = delete;
  CommandBatch& operator=(const CommandBatch&) = delete;

  // Decides one command, whose rows were loaded. A rejection leaves the batch unchanged. The receipt of a command that
  // nobody waits for (`is_awaited`) has no flow.
  Result<Receipt> apply(const Command& command, bool is_awaited = true);

  // Everything that has changed, for Store::transact; valid as long as the batch.
  Changes changes() const;

  const std::deque<Event>& events() const { return events_; }
  std::deque<Event> take_events() { return std::move(events_); }
  const std::vector<GatewayCall>& gateway_calls() const { return gateway_calls_; }
  const std::vector<RemoteCall>& remote_calls() const { return remote_calls_; }
  const std::vector<RemoteReply>& remote_replies() const { return remote_replies_; }
  std::vector<ParticipantCall>& participant_calls() { return participant_calls_; }
  // Takes those that must not be made any more.
  std::vector<ParticipantCall> take_withdrawn_calls();
  // The users' sagas that go forward no more: their actions that have not begun must not.
  std::vector<SagaId> withdrawn() const;
  // Nested LRAs that ended, and their parents, which may wait for that.
  struct EndedNested {
    SagaId parent, nested;
  };
  const std::vector<EndedNested>& ended_nested() const { return ended_nested_; }
  std::int64_t last_sequence() const { return sequence_; }

  // One for each saga that was written.
  std::vector<Wake> wakes() const;
  SagaProgress progress(bool is_traced) const;

 private:
  // A flow with what has changed of it since it was loaded.
  struct TrackedFlow {
    Flow flow;
    bool new_order = false, order_changed = false;
    bool new_saga = false, saga_changed = false;
    int version_loaded = 0;           // of the saga; 0: there was none
    std::size_t payments_stored = 0;  // how many of flow.payments the store has
    std::vector<bool> payment_changed;
    std::size_t barriers_stored = 0;
    bool reservations_changed = false, writer_changed = false;
  };
  // The effects of one command, kept apart until the command is accepted.
  struct Draft {
    Flow flow;
    StockOverlay stocks;
    std::optional<KeyDigest> key = {};  // of a new order: the digest of its idempotency key
    std::vector<Event> events = {};
    std::vector<GatewayCall> gateway_calls = {};
    std::vector<RemoteCall> remote_calls = {};
    std::vector<RemoteReply> remote_replies = {};
    std::vector<ParticipantCall> participant_calls = {};
    std::optional<CallRecord> call_record = {};
    bool is_rescheduled = false;  // write next_check_at() of the flow even if nothing else has changed
    std::vector<StepCall> retried_calls = {};
  };

  Result<Receipt> on(const PlaceOrder& command);
  Result<Receipt> on(const CancelOrderRequest& command);
  Result<Receipt> on(const ConfirmOrderRequest& command);
  Result<Receipt> on(const ConfirmPaymentRequest& command);
  Result<Receipt> on(const SetStockRequest& command);
  Result<Receipt> on(const CheckDueFlowRequest& command);
  Result<Receipt> on(const CompensateRequest& command);
  Result<Receipt> on(const RetryRequest& command);
  Result<Receipt> on(const StepReplied& command);
  Result<Receipt> on(const PaymentChecked& command);
  Result<Receipt> on(const PerformRequest& command);
  Result<Receipt> on(const ContinueRequest& command);
  Result<Receipt> on(const WakeRequest& command);
  Result<Receipt> on(const RegisterUser& command);
  Result<Receipt> on(const BeginSession& command);
  Result<Receipt> on(const RenewSession& command);
  Result<Receipt> on(const EndSession& command);
  Result<Receipt> on(const ChangeRights& command);
  Result<Receipt> on(const StartSagaRequest& command);
  Result<Receipt> on(const AnswerStepRequest& command);
  Result<Receipt> on(const StopSagaRequest& command);
  Result<Receipt> on(const TryNowRequest& command);
  Result<Receipt> on(const MessageAnswered& command);
  Result<Receipt> on(const ChangeLraRequest& command);

  Result<Draft> draft_of_flow(OrderId id, const Actor& actor, std::string_view what) const;
  Result<Draft> draft_of_order(OrderId id, const Actor& actor) const;  // not of a flow without an order
  Result<Draft> draft_of_saga(OrderId id) const;
  Draft draft_of(const Flow& flow) const { return Draft{flow, StockOverlay(&stocks_)}; }
  Result<void> check_claim(const std::string& idempotency_key, const KeyDigest& digest, OrderId order) const;
  Result<void> decide_saga(Draft& draft, const SagaCommand& command);
  Result<void> run_calls(Draft& draft, SagaDecision decision);
  Result<Receipt> on_participant_reply(Draft draft, const StepReplied& command);
  void keep_record(Draft& draft, const CallRecord& record);
  std::optional<StepReply> call_participant(Draft& draft, const StepCall& call);
  Result<std::optional<StepReply>> perform_locally(Draft& draft, const StepDefinition& step, const StepCall& call);
  static bool is_withdrawn(const Saga& saga, const StepCall& call);
  bool is_local(const SagaDefinition& definition, const StepCall& call) const;
  bool add_due_payment_checks(Draft& draft);
  Result<Receipt> accept(Draft&& draft);
  void write_draft(Draft&& draft);
  Result<std::optional<Draft>> enlist_nested(const StartSagaRequest& command);
  void note_end_of_nested(const Flow& before, const Flow& after);
  void append_events(std::vector<Event> events, Flow* flow);
  void merge_stocks(const StockOverlay& stocks);
  Result<void> check_stocks_loaded(const Draft& draft) const;
  void update_claim(const KeyDigest& key, OrderId order, bool live);
  const Claim* claim_of_other(const KeyDigest& key, OrderId order) const;
  User* find_user(UserId id);
  Receipt write_user(User& user);
  Moment next_moment();

  const Writer writer_;
  const Timestamp began_;
  Timestamp now_;
  SteadyTime node_now_;
  Random& random_;
  std::int64_t sequence_;
  const Policy& policy_;
  Moment moment_;  // of the command that is being decided
  bool is_awaited_ = true;

  std::deque<TrackedFlow> flows_;
  std::unordered_map<OrderId, TrackedFlow*> flow_by_order_;
  std::unordered_map<KeyDigest, Claim, KeyDigestHash> claims_;
  std::vector<KeyDigest> claims_changed_;
  StockOverlay stocks_;
  std::set<StockKey> absent_stocks_;
  std::set<StockKey> stocks_changed_;
  std::deque<User> users_;
  std::vector<const User*> users_changed_;
  std::unordered_map<OrderId, LastEvent> last_events_;  // of flows that other nodes wrote
  std::deque<Replay> replays_;
  std::size_t replays_loaded_ = 0;
  std::deque<Event> events_;
  std::vector<GatewayCall> gateway_calls_;
  std::vector<RemoteCall> remote_calls_;
  std::vector<RemoteReply> remote_replies_;
  std::vector<ParticipantCall> participant_calls_;
  std::deque<std::pair<OrderId, CallRecord>> call_records_;
  std::vector<StepCall> retried_calls_;
  std::vector<EndedNested> ended_nested_;
};

}  // namespace sagactl
