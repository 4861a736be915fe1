// What the engine can be asked to do, and what it answers. Every command is decided in one batch with others and
// answered after that batch is durable; a rejected command leaves nothing behind.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/result.hpp"
#include "common/steady_time.hpp"
#include "server/participants/perform.hpp"
#include "server/participants/user.hpp"
#include "server/ports/lock.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

struct Receipt {
  std::optional<Flow> flow;      // as it is after the command; without barriers
  std::optional<User> user;      // of the commands about users
  std::vector<Stock> stocks = {};  // of the commands about stock
  std::optional<Replay> replay;  // the answer to an earlier request with the same Idempotency-Key: send it as it is
};

using Completion = std::function<void(Result<Receipt>)>;

// Makes a POST with an `Idempotency-Key` header count once. `render` is called within the batch with the receipt
// and makes the answer (status and body) that is stored with it; it must be pure. A request with the same key
// and another digest is `invalid` with the member "code":"IDEMPOTENCY_KEY_REUSED".
struct ReplayRequest {
  ReplayKey key;
  std::string request_digest;
  std::function<std::pair<int, std::string>(const Receipt&)> render;
};

// Places an order and starts its saga. A live order with the same idempotency key is a `conflict` with the
// members error "DUPLICATE_ORDER", existingOrderId, idempotencyKey, code "ORDER_ALREADY_EXISTS".
struct PlaceOrder {
  OrderId id;  // fresh; also the saga's
  Actor actor;
  // The definition's name. A checkout's products must be known (`invalid`); a purchase has one item whose name and
  // price are the stock's, and its user and item must be known (`not_found`).
  std::string_view saga = order_processing_saga;
  std::string customer = {};
  std::vector<OrderItem> items;
  std::string address;
  std::string idempotency_key;  // the client's; empty: the default key, unless `key_only`
  bool key_only = false;        // --dedupe key-only: without a client's key nothing is held
  std::string correlation;      // the client's X-Correlation-ID; empty: the order's id
  std::string trace_parent;
  std::optional<LockGrant> lock;
  SteadyTime lock_until;  // on this node's clock; from then on another may hold it, and the order is placed without
  std::optional<ReplayRequest> replay;
};

// The order is cancelled at once, and its saga compensates: what was charged is given back. `not_found` for an
// order that is not there or not the actor's. A saga that had failed goes back as well.
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

// A shop says under which key the buyer has paid at the provider: the payment that waits for it goes on. Said again it
// changes nothing. `not_found`; `invalid` for an amount that is not the order's; `conflict` when no payment waits.
struct ConfirmPaymentRequest {
  OrderId order;
  Actor actor;
  std::string provider_key;
  Money amount;
};

// For operators: sets what stock there is; all of it or none. Errors as set_stock().
struct SetStockRequest {
  Actor actor;
  std::vector<StockSetting> settings;
};

// The time of reservations of this order is over, or its payments are to be checked.
struct CheckDueFlowRequest {
  OrderId order;
};

// For operators: `not_found`, or `conflict` when the saga's state does not allow it. `if_updated_at`, when not
// empty, has the times of the states that the operator saw: a saga that was written at another is a `conflict` with
// the member code "SAGA_CHANGED".
struct CompensateRequest {
  SagaId saga;
  Actor actor;
  std::string reason;
  std::vector<Timestamp> if_updated_at = {};
};
struct RetryRequest {
  SagaId saga;
  Actor actor;
  bool recharge = false;
  std::vector<Timestamp> if_updated_at = {};
};

// A participant's answer to a call of this engine's, or of another process.
struct StepReplied {
  SagaId saga;
  StepReply reply;
  GatewayReply gateway = {};  // what else the provider said
  bool is_recorded = false;   // by the participant, in its own commit
};

// The provider's answer to a question that the payment participant asked by itself: payment_check.hpp.
struct PaymentChecked {
  OrderId order;
  int execution = 1;  // of the payment
  Outcome outcome;
  GatewayReply gateway;
};

// To the participants here, from an orchestrator in another process: the answer goes back over the exchange.
struct PerformRequest {
  StepCall call;
};

// Something has happened in a choreographed saga: what is open of it and belongs to a participant here is done.
struct ContinueRequest {
  OrderId order;
};

// The saga's durable timer has fired, or the saga was adopted.
struct WakeRequest {
  SagaId saga;
  std::optional<Timestamp> timer;  // as in WakeSaga
};

struct RegisterUser {
  User user;  // `conflict` when the e-mail address exists
};
// Only for a user that is active (`unauthenticated`).
struct BeginSession {
  UserId user;
  LoginSession session;
};
// As renew_session(); only for a user that is active. `unauthenticated` when the token is not good; one that was renewed
// a moment ago is answered as if it were renewed now, with the user as it is.
struct RenewSession {
  UserId user;
  std::string session;  // its id
  std::string presented_hash;
  LoginSession next;
};
// What is not there (any more) is ended.
struct EndSession {
  UserId user;
  std::string session;  // its id
};
// By an operator. Whoever is not active any more has no sessions. `not_found` when nobody has the e-mail address.
struct ChangeRights {
  std::string email;
  std::optional<Role> role = {};
  std::optional<UserStatus> status = {};
};

using Command = std::variant<PlaceOrder, CancelOrderRequest, ConfirmOrderRequest, ConfirmPaymentRequest,
                             SetStockRequest, CheckDueFlowRequest, CompensateRequest, RetryRequest, StepReplied,
                             PaymentChecked, PerformRequest, ContinueRequest, WakeRequest, RegisterUser, BeginSession,
                             RenewSession, EndSession, ChangeRights>;

}  // namespace sagactl
