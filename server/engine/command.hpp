// The engine's commands and their answers. A command is decided in one batch with others, and answered once that batch
// is durable; a rejected command changes nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/result.hpp"
#include "common/steady_time.hpp"
#include "server/participants/calls/call_record.hpp"
#include "server/participants/calls/participant_call.hpp"
#include "server/participants/perform.hpp"
#include "server/participants/user.hpp"
#include "server/ports/lock.hpp"
#include "server/ports/saga_keys.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

struct Receipt {
  // After the command, without barriers; shared, since a receipt passes through many hands. Null: no flow.
  std::shared_ptr<const Flow> flow;
  std::optional<User> user;        // for commands about users
  std::vector<Stock> stocks = {};  // for commands about stock
  std::optional<Replay> replay;    // the stored answer to an earlier request with the same Idempotency-Key
};

using Completion = std::function<void(Result<Receipt>)>;

// Makes a POST with an `Idempotency-Key` header count once. `render` is called within the batch with the receipt and
// returns the answer (status and body) that is stored with it; it must be pure. A request with the same key and another
// digest is `invalid` with the member "code":"IDEMPOTENCY_KEY_REUSED".
struct ReplayRequest {
  ReplayKey key;
  std::string request_digest;
  std::function<std::pair<int, std::string>(const Receipt&)> render;
};

// Places an order and starts its saga. A live order with the same idempotency key is a `conflict` with the
// members error "DUPLICATE_ORDER", existingOrderId, idempotencyKey, code "ORDER_ALREADY_EXISTS".
struct PlaceOrder {
  OrderId id;  // new; also the saga's
  Actor actor;
  // The definition's name. A checkout's products must exist in stock (`invalid`). A purchase has one item, whose name
  // and price are the stock's; its user and item must exist in stock (`not_found`).
  std::string_view saga = order_processing_saga;
  std::string customer = {};
  std::vector<OrderItem> items;
  std::string address;
  std::string idempotency_key;  // the client's; empty: the default key, unless `key_only`
  bool key_only = false;        // --dedupe key-only: without a client's key the order holds none
  std::string correlation;      // the client's X-Correlation-ID; empty: the order's id
  std::string trace_parent;
  std::optional<LockGrant> lock;
  SteadyTime lock_until;  // on this node's clock; from then on the lock may be lost, and the order is placed without it
  std::optional<ReplayRequest> replay;
  std::optional<KeyDigest> key_digest = {};  // of `idempotency_key`, when it is known
};

// Starts a saga of a user's definition. A saga that was started under the same key is a `conflict` with the members
// code "SAGA_KEY_EXISTS" and sagaId; whether its input is the same is for the caller to compare.
struct StartSagaRequest {
  SagaId id;  // new
  Actor actor;
  DefinitionPointer definition;
  std::string input;             // JSON text
  std::string key = {};          // empty: none
  std::string correlation = {};  // empty: its id
  std::string trace_parent = {};
  // Of an LRA: the one in which it is nested, and which it joins in the same commit. `not_found` when that is not
  // there, else the errors of JoinLra.
  std::optional<SagaId> parent = {};
};

// A user answers for a step: as AnswerStep. `not_found` for an unknown saga or step. `conflict` with the member code
// "STEP_TURNED" when the step in progress is not what is answered for, and with "STEP_KEEPS_VALUES" when a call is
// answered as done without the values that its step keeps.
struct AnswerStepRequest {
  SagaId saga;
  Actor actor;
  std::string step;
  Outcome outcome;
  std::string reason;
  std::vector<Timestamp> if_updated_at = {};
  std::optional<Direction> direction = {};  // whether the answer is about its action or its undo; none: about either
  int execution = 0;                        // 0: any
};

// Ends a saga as failed without undoing anything: as StopSaga.
struct StopSagaRequest {
  SagaId saga;
  Actor actor;
  std::string reason;
};

// The calls of a user's saga that wait for their next try are made now: as TryNow.
struct TryNowRequest {
  SagaId saga;
  std::optional<SagaId> nested = {};
};

// A request of a client or a participant of an LRA, or of its parent. `not_found` for a saga that is not an LRA; else
// the errors of the change.
struct ChangeLraRequest {
  SagaId saga;
  Actor actor;
  std::variant<JoinLra, LeaveLra, RenewLra, EndLra, TellLra, MoveLraParticipant> change;
};

// The order is cancelled immediately, and its saga compensates: what was charged is refunded. A failed saga compensates
// as well. `not_found` for an order that does not exist or is not the actor's.
struct CancelOrderRequest {
  OrderId order;
  Actor actor;
  std::string reason;
};

struct ConfirmOrderRequest {
  OrderId order;
  Actor actor;
  std::string payment_id;
};

// A shop confirms a payment and names the key under which the buyer has paid at the provider: the waiting payment is
// charged. A repeated confirmation changes nothing. `not_found`; `invalid` for an amount that is not the order's;
// `conflict` when no payment waits.
struct ConfirmPaymentRequest {
  OrderId order;
  Actor actor;
  std::string provider_key;
  Money amount;
};

// For operators: sets stocks, all or none. Errors as set_stock().
struct SetStockRequest {
  Actor actor;
  std::vector<StockSetting> settings;
};

// The order's flow is due (next_check_at() in server/participants/flow.hpp): reservations expire, payments are checked.
struct CheckDueFlowRequest {
  OrderId order;
};

// For operators: `not_found`, or `conflict` when the saga's state does not allow it. `if_updated_at`, when not empty,
// has the update times of the states that the operator saw: a saga with another update time is a `conflict` with the
// member code "SAGA_CHANGED".
struct CompensateRequest {
  SagaId saga;
  Actor actor;
  std::string reason;
  std::vector<Timestamp> if_updated_at = {};
  bool before_end = false;  // a saga that has ended is a `conflict`: it is cancelled, not returned
};
struct RetryRequest {
  SagaId saga;
  Actor actor;
  bool recharge = false;
  std::vector<Timestamp> if_updated_at = {};
  std::string reason = {};
};

// A participant's answer to a call of this engine or of another process.
struct StepReplied {
  SagaId saga;
  StepReply reply;
  GatewayReply gateway = {};              // the rest of the provider's answer
  bool is_recorded = false;               // by the participant, in a commit of its own; it came by message
  std::optional<CallRecord> record = {};  // of the call to a participant of a user's saga
};

// A participant's answer by message. `not_found` or `invalid` for a message that can never be understood: an unknown
// saga or step, or a step that is not asked in that topic. `retry`: it changes nothing, as it is late or a repeat.
struct MessageAnswered {
  MessageAnswer answer;
};

// The provider's answer to a call that the payment participant made on its own: payment_check.hpp.
struct PaymentChecked {
  OrderId order;
  int execution = 1;  // of the payment
  Outcome outcome;
  GatewayReply gateway;
};

// To the participants on this node, from an orchestrator in another process: the reply is sent over the exchange.
struct PerformRequest {
  StepCall call;
};

// An event of a choreographed saga has arrived: its step in progress is carried out if its participant is on this node.
struct ContinueRequest {
  OrderId order;
};

// The saga's durable timer has fired, or the saga was adopted.
struct WakeRequest {
  SagaId saga;
  std::optional<Timestamp> timer;  // as in WakeSaga
};

struct RegisterUser {
  User user;  // where this very user is stored, its password hash is replaced; else `conflict` when the address exists
};
// Only for an active user (`unauthenticated`).
struct BeginSession {
  UserId user;
  LoginSession session;
};
// As renew_session(); only for an active user. `unauthenticated` when the token is not valid. A token that was renewed
// within the grace period is accepted again and changes nothing.
struct RenewSession {
  UserId user;
  std::string session;  // its id
  std::string presented_hash;
  LoginSession next;
};
// A session that does not exist counts as ended.
struct EndSession {
  UserId user;
  std::string session;  // its id
};
// By an operator. A user who is no longer active loses all sessions. `not_found` when no user has the e-mail address.
struct ChangeRights {
  std::string email;
  std::optional<Role> role = {};
  std::optional<UserStatus> status = {};
};

using Command = std::variant<PlaceOrder, CancelOrderRequest, ConfirmOrderRequest, ConfirmPaymentRequest,
                             SetStockRequest, CheckDueFlowRequest, CompensateRequest, RetryRequest, StepReplied,
                             PaymentChecked, PerformRequest, ContinueRequest, WakeRequest, RegisterUser, BeginSession,
                             RenewSession, EndSession, ChangeRights, StartSagaRequest, AnswerStepRequest,
                             StopSagaRequest, TryNowRequest, MessageAnswered, ChangeLraRequest>;

}  // namespace sagactl
