#include "tests/toss/toss_server.hpp"

#include <chrono>
#include <optional>
#include <thread>

#include "common/result.hpp"
#include "common/text/json.hpp"
#include "common/text/percent.hpp"
#include "httpclient/basic_auth.hpp"

namespace sagactl {
namespace {

constexpr std::chrono::milliseconds slow_answer{300};

TestAnswer problem(int status, const std::string& code, const std::string& message, std::string_view headers = {}) {
  return answer(status, Json{{"code", code}, {"message", message}}.dump(), headers);
}

std::string header(const Received& received, const std::string& name) {
  const auto found = received.headers.find(name);
  return found == received.headers.end() ? "" : found->second;
}

}  // namespace

TossServer::TossServer() : server_([this](const Received& received) { return handle(received); }) {}

void TossServer::trouble(TossCall call, Money amount, Trouble trouble) {
  const std::lock_guard lock(mutex_);
  troubles_[{call, amount.cents}] = trouble;
}

void TossServer::refuse(Money amount, int status, const std::string& code, const std::string& message) {
  const std::lock_guard lock(mutex_);
  refusals_[amount.cents] = {status, code, message};
}

void TossServer::agreed(const std::string& payment_key, const std::string& order_id, Money amount) {
  const std::lock_guard lock(mutex_);
  payments_[payment_key] = {order_id, amount, "IN_PROGRESS", "", ""};
}

void TossServer::set_status(const std::string& payment_key, const std::string& status) {
  const std::lock_guard lock(mutex_);
  payments_.at(payment_key).status = status;
}

int TossServer::captures() const {
  const std::lock_guard lock(mutex_);
  int sum = 0;
  for (const auto& [order, count] : captured_) sum += count;
  return sum;
}

int TossServer::captures_of(const std::string& order_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = captured_.find(order_id);
  return found == captured_.end() ? 0 : found->second;
}

int TossServer::cancels() const {
  const std::lock_guard lock(mutex_);
  return cancels_;
}

Money TossServer::balance() const {
  const std::lock_guard lock(mutex_);
  return balance_;
}

int TossServer::calls(TossCall call) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(call);
  return found == calls_.end() ? 0 : found->second;
}

std::vector<Received> TossServer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void TossServer::wait_for_captures(int count) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    int sum = 0;
    for (const auto& [order, times] : captured_) sum += times;
    return sum >= count;
  });
}

TestAnswer TossServer::handle(const Received& received) {
  std::unique_lock lock(mutex_);
  received_.push_back(received);
  if (header(received, "authorization") != basic_authorization(secret, ""))
    return problem(401, "UNAUTHORIZED_KEY", "who is " + header(received, "authorization") + "?");
  const std::string_view path = received.path;
  constexpr std::string_view payments = "/v1/payments/";
  if (!path.starts_with(payments)) return answer(404, "<html>Not Found</html>");
  ParsedCall parsed{TossCall::query, *percent_decode(path.substr(payments.size())),
                    Json::parse(received.body, nullptr, false)};
  if (received.method == "POST") {
    parsed.call = path.ends_with("/cancel") ? TossCall::cancel : TossCall::confirm;
    if (!parsed.body.is_object()) return problem(400, "INVALID_REQUEST", "the body is no JSON object");
    if (parsed.call == TossCall::cancel) parsed.payment_key.resize(parsed.payment_key.size() - 7);
    if (parsed.call == TossCall::confirm) parsed.payment_key = parsed.body.value("paymentKey", "");
  }
  ++calls_[parsed.call];

  const std::string repeat = received.path + " " + header(received, "idempotency-key");
  if (received.method == "POST") {
    if (header(received, "idempotency-key").empty()) return problem(400, "INVALID_REQUEST", "no Idempotency-Key");
    if (const auto found = answered_.find(repeat); found != answered_.end()) return found->second;
  }
  const Trouble trouble = trouble_of(parsed);
  // From then on this is the answer to every call with this key.
  const auto give = [&](TestAnswer given) { return answered_[repeat] = std::move(given); };
  switch (trouble) {
    case Trouble::silent_before:
      return {"", TestAnswer::After::silence};
    case Trouble::cut_before:
      return {"", TestAnswer::After::reset};
    case Trouble::fails_before:
      return give(problem(500, "FAILED_INTERNAL_SYSTEM_PROCESSING", "the work inside failed; try again later"));
    case Trouble::passing:
      return give(problem(400, "PROVIDER_ERROR", "a passing error; try again in a moment"));
    case Trouble::busy:
      return problem(429, "TOO_MANY_REQUESTS", "slow down", "Retry-After: 30\r\n");
    case Trouble::not_toss:
      return answer(404, "<html>no such page</html>");
    case Trouble::none:
    case Trouble::silent_after:
    case Trouble::cut_after:
    case Trouble::fails_after:
    case Trouble::garbage:
    case Trouble::no_http:
    case Trouble::other_payment:
    case Trouble::twice:
    case Trouble::slow:
      break;
  }
  const TestAnswer done = give(carry_out(parsed));
  switch (trouble) {
    case Trouble::silent_after:
      return {"", TestAnswer::After::silence};
    case Trouble::cut_after:
      return {done.bytes.substr(0, done.bytes.size() / 2), TestAnswer::After::reset};
    case Trouble::fails_after:
      return problem(500, "COMMON_ERROR", "a passing error");
    case Trouble::garbage:
      return answer(200, "<html>OK</html>");
    case Trouble::no_http:
      return {"SSH-2.0-OpenSSH_9.2\r\n", TestAnswer::After::close};
    case Trouble::other_payment:
      return answer(200, R"({"paymentKey":"another","orderId":"another","status":"DONE","totalAmount":1})");
    case Trouble::twice:
      return {done.bytes + done.bytes};
    case Trouble::slow:
      lock.unlock();
      std::this_thread::sleep_for(slow_answer);
      return done;
    default:
      return done;
  }
}

TestAnswer TossServer::carry_out(const ParsedCall& parsed) {
  switch (parsed.call) {
    case TossCall::confirm:
      return confirm(parsed);
    case TossCall::cancel:
      return cancel(parsed);
    case TossCall::query:
      return shown(parsed.payment_key);
  }
  crash("a call that the test's Toss Payments does not know");
}

TestAnswer TossServer::confirm(const ParsedCall& parsed) {
  const std::string order_id = parsed.body.value("orderId", "");
  const auto amount = money_from_json(parsed.body.value("amount", Json()));
  if (order_id.size() < 6 || order_id.size() > 64)
    return problem(400, "INVALID_ORDER_ID", "an order id has 6 to 64 characters");
  if (!amount) return problem(400, "INVALID_REQUEST", "the amount is no number");
  const Payment agreed_to{order_id, *amount, "IN_PROGRESS", "", ""};
  Payment& payment = payments_.try_emplace(parsed.payment_key, agreed_to).first->second;
  if (payment.order_id != order_id || payment.amount != *amount)
    return problem(403, "FORBIDDEN_REQUEST", "the order or the amount is not the one that was agreed to");
  if (payment.status != "IN_PROGRESS") return problem(400, "ALREADY_PROCESSED_PAYMENT", "already processed");
  if (order_is_taken(order_id, parsed.payment_key))
    return problem(400, "DUPLICATED_ORDER_ID", "this order was paid or cancelled before");
  if (const auto refusal = refusals_.find(amount->cents); refusal != refusals_.end()) {
    payment.status = "ABORTED";
    payment.failure_code = refusal->second.code;
    payment.failure_message = refusal->second.message;
    return problem(refusal->second.status, refusal->second.code, refusal->second.message);
  }
  payment.status = "DONE";
  ++captured_[order_id];
  balance_ = balance_ + *amount;
  changed_.notify_all();
  return shown(parsed.payment_key);
}

TestAnswer TossServer::cancel(const ParsedCall& parsed) {
  const auto found = payments_.find(parsed.payment_key);
  if (found == payments_.end()) return problem(404, "NOT_FOUND_PAYMENT", "there is no such payment");
  Payment& payment = found->second;
  if (payment.status == "CANCELED") return problem(400, "ALREADY_CANCELED_PAYMENT", "already cancelled");
  if (payment.status != "DONE") return problem(403, "NOT_CANCELABLE_PAYMENT", "this payment cannot be cancelled");
  if (!parsed.body.contains("cancelReason")) return problem(400, "INVALID_REQUEST", "cancelReason is missing");
  payment.status = "CANCELED";
  ++cancels_;
  balance_ = balance_ - payment.amount;
  return shown(parsed.payment_key);
}

TestAnswer TossServer::shown(const std::string& payment_key) const {
  const auto found = payments_.find(payment_key);
  if (found == payments_.end()) return problem(404, "NOT_FOUND_PAYMENT", "there is no such payment");
  const Payment& payment = found->second;
  Json json{{"paymentKey", payment_key}, {"orderId", payment.order_id},
            {"status", payment.status},  {"totalAmount", payment.amount.number()},
            {"currency", "KRW"},         {"failure", nullptr}};
  if (!payment.failure_code.empty())
    json["failure"] = Json{{"code", payment.failure_code}, {"message", payment.failure_message}};
  return answer(200, json.dump());
}

Trouble TossServer::trouble_of(const ParsedCall& parsed) {
  const auto found = troubles_.find({parsed.call, amount_of(parsed).cents});
  if (found == troubles_.end() || !met_.insert({parsed.call, parsed.payment_key}).second) return Trouble::none;
  return found->second;
}

Money TossServer::amount_of(const ParsedCall& parsed) const {
  const auto known = payments_.find(parsed.payment_key);
  if (known != payments_.end()) return known->second.amount;
  const auto amount = money_from_json(parsed.body.is_object() ? parsed.body.value("amount", Json()) : Json());
  return amount ? *amount : Money{};
}

bool TossServer::order_is_taken(const std::string& order_id, const std::string& payment_key) const {
  for (const auto& [key, payment] : payments_) {
    const bool settled = payment.status == "DONE" || payment.status == "CANCELED";
    if (key != payment_key && payment.order_id == order_id && settled) return true;
  }
  return false;
}

}  // namespace sagactl
