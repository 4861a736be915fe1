// The rows that a command needs: what a batch loads before it decides.
#include "server/engine/batch/command_batch.hpp"
#include "server/engine/batch/order_placement.hpp"
#include "server/participants/order.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl {

void add_keys(const Command& command, BatchKeys& keys) {
  struct Adder {
    BatchKeys& keys;
    void operator()(const PlaceOrder& c) {
      const std::string key = idempotency_key_of(c);
      if (!key.empty()) keys.claims.push_back(key_digest_of(c, key));
      if (c.replay) keys.replays.push_back(c.replay->key);
      for (StockKey& stock : stocks_of(c)) keys.stocks.push_back(std::move(stock));
    }
    void operator()(const CancelOrderRequest& c) { keys.flows.push_back(c.order); }
    void operator()(const ConfirmOrderRequest& c) { keys.flows.push_back(c.order); }
    void operator()(const ConfirmPaymentRequest& c) {
      keys.flows.push_back(c.order);
      keys.claims.push_back(digest_of_payment_key(c.provider_key));
    }
    void operator()(const SetStockRequest& c) {
      for (const StockSetting& setting : c.settings) keys.stocks.push_back(setting.key);
    }
    void operator()(const CheckDueFlowRequest& c) { keys.flows.push_back(c.order); }
    void operator()(const CompensateRequest& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const RetryRequest& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const StepReplied& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const PaymentChecked& c) { keys.flows.push_back(c.order); }
    void operator()(const PerformRequest& c) { keys.flows.push_back(order_of(c.call.saga)); }
    void operator()(const ContinueRequest& c) { keys.flows.push_back(c.order); }
    void operator()(const WakeRequest& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const RegisterUser& c) { keys.emails.push_back(c.user.email); }
    void operator()(const BeginSession& c) { keys.users.push_back(c.user); }
    void operator()(const RenewSession& c) { keys.users.push_back(c.user); }
    void operator()(const EndSession& c) { keys.users.push_back(c.user); }
    void operator()(const ChangeRights& c) { keys.emails.push_back(c.email); }
    void operator()(const StartSagaRequest& c) {
      if (!c.key.empty()) keys.claims.push_back(digest_of_saga_key(c.definition->key_space(), c.key));
      if (c.parent) keys.flows.push_back(order_of(*c.parent));
    }
    void operator()(const AnswerStepRequest& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const StopSagaRequest& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const TryNowRequest& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const ChangeLraRequest& c) { keys.flows.push_back(order_of(c.saga)); }
    void operator()(const MessageAnswered& c) { keys.flows.push_back(order_of(c.answer.call.saga)); }
  };
  std::visit(Adder{keys}, command);
}

void add_dependent_keys(const std::vector<Flow>& flows, const NodeName& node, BatchKeys& keys) {
  for (const Flow& flow : flows) {
    if (flow.saga)
      for (StockKey& key : stocks_of(flow.saga->type, flow.order)) keys.stocks.push_back(std::move(key));
    // Reservations are released by their own lines, also when an operator has deleted the order or the saga.
    for (const Reservation& reservation : flow.reservations)
      for (const ReservationLine& line : reservation.lines) keys.stocks.push_back({reservation.kind, line.stock});
    if (must_reclaim_key(flow)) keys.claims.push_back(digest_of_key(flow.order.idempotency_key));
    if (flow.writer != node) keys.last_events.push_back(flow.order.id);
  }
}

}  // namespace sagactl
