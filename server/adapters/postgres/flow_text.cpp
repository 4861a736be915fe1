#include "server/adapters/postgres/flow_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "common/text/json.hpp"
#include "common/text/json_object.hpp"
#include "server/adapters/postgres/failure.hpp"

namespace sagactl::postgres {
namespace {

// Writes one list in another: [[1,"a",null],[2,"b",null]].
class ListWriter {
 public:
  void begin() { text_ += text_.empty() ? "[[" : ",["; }
  void end() {
    text_.back() = ']';  // in place of the last comma
  }
  ListWriter& add(std::int64_t number) {
    const fmt::format_int digits(number);
    text_.append(digits.data(), digits.size());
    text_ += ',';
    return *this;
  }
  ListWriter& add(std::string_view text) {
    append_json_string(text_, text);
    text_ += ',';
    return *this;
  }
  ListWriter& add_unless_empty(std::string_view text) { return text.empty() ? add_null() : add(text); }
  ListWriter& add_null() {
    text_ += "null,";
    return *this;
  }
  ListWriter& add_offset(Timestamp time, Timestamp origin) {
    return time == Timestamp{} ? add_null() : add((time - origin).count());
  }
  std::string take() {
    if (!text_.empty()) text_ += ']';
    return std::move(text_);
  }

 private:
  std::string text_;
};

// Reads the members of one inner list in their order.
class ListReader {
 public:
  explicit ListReader(const Json& list) : list_(list) {}

  bool at_end() const { return at_ >= list_.size(); }
  std::int64_t integer() {
    const Json& value = next();
    return value.is_number_integer() ? value.get<std::int64_t>() : 0;
  }
  std::string text() {
    const Json& value = next();
    return value.is_string() ? value.get<std::string>() : std::string();
  }
  Timestamp offset(Timestamp origin) {
    const Json& value = next();
    return value.is_number_integer() ? origin + Duration{value.get<std::int64_t>()} : Timestamp{};
  }

 private:
  const Json& next() {
    static const Json none;
    return at_ < list_.size() ? list_[at_++] : none;
  }
  const Json& list_;
  std::size_t at_ = 0;
};

Json parse_stored(std::string_view text) {
  if (text.empty()) return Json::array();
  Json json = read_json(text);
  if (!json.is_array()) fail_as_bug("a stored list cannot be read");
  return json;
}

Uuid uuid_of(const std::string& text) {
  return Uuid::parse(text).value_or(Uuid{});
}

}  // namespace

std::string steps_text(const Saga& saga, Names& names) {
  ListWriter list;
  for (const StepState& step : saga.steps) {
    list.begin();
    list.add(static_cast<int>(step.status)).add(step.execution).add(step.tries).add(step.in_doubt);
    list.add_offset(step.began_at, saga.created_at).add_offset(step.ended_at, saga.created_at);
    list.add(names.number_of_node(step.node));
    list.end();
  }
  std::string text = list.take();
  return text.empty() ? "[]" : text;
}

std::string step_errors_text(const Saga& saga) {
  if (std::all_of(saga.steps.begin(), saga.steps.end(), [](const StepState& step) { return step.error.empty(); }))
    return {};
  Json errors = Json::array();
  for (const StepState& step : saga.steps) errors.push_back(step.error);
  return json_text(errors);
}

std::string retries_text(const Saga& saga) {
  ListWriter list;
  for (const OperatorRetry& retry : saga.retries) {
    list.begin();
    list.add(retry.at.us).add(retry.from_step).add(retry.by);
    list.end();
  }
  return list.take();
}

std::string payments_text(const std::vector<Payment>& payments, const UserId* user, Names& names) {
  ListWriter list;
  for (const Payment& payment : payments) {
    list.begin();
    list.add(payment.execution).add(payment.id.text());
    if (user && payment.user == *user)
      list.add_null();
    else
      list.add(payment.user.text());
    list.add(payment.amount.cents).add(static_cast<int>(payment.method)).add(static_cast<int>(payment.status));
    list.add_unless_empty(payment.external_transaction_id).add_unless_empty(payment.failure_reason);
    list.add(names.number_of_node(payment.node)).add(payment.version);
    list.add(payment.created_at.us).add(payment.updated_at.us);
    const bool has_calls = payment.charge_began_at != Timestamp{} || payment.check;
    if (has_calls || !payment.provider_key.empty()) list.add_unless_empty(payment.provider_key);
    if (has_calls) list.add_offset(payment.charge_began_at, payment.created_at).add(payment.charge_pending);
    if (payment.check) list.add(payment.check->at.us).add(payment.check->tries);
    list.end();
  }
  return list.take();
}

std::string barriers_text(const std::vector<Barrier>& barriers) {
  ListWriter list;
  for (const Barrier& barrier : barriers) {
    list.begin();
    list.add(barrier.step).add(barrier.execution).add(static_cast<int>(barrier.direction)).add(barrier.blocked);
    if (!barrier.refusal.empty()) list.add(barrier.refusal);
    list.end();
  }
  return list.take();
}

void read_steps(std::string_view text, Saga& saga, Names& names) {
  for (const Json& each : parse_stored(text)) {
    ListReader list(each);
    StepState& step = saga.steps.emplace_back();
    step.status = static_cast<StepStatus>(list.integer());
    step.execution = static_cast<int>(list.integer());
    step.tries = static_cast<int>(list.integer());
    step.in_doubt = list.integer() != 0;
    step.began_at = list.offset(saga.created_at);
    step.ended_at = list.offset(saga.created_at);
    step.node = names.node(list.integer());
  }
}

void read_step_errors(std::string_view text, Saga& saga) {
  const Json errors = parse_stored(text);
  for (std::size_t i = 0; i < saga.steps.size() && i < errors.size(); ++i)
    saga.steps[i].error = errors[i].get<std::string>();
}

void read_retries(std::string_view text, Saga& saga) {
  for (const Json& each : parse_stored(text)) {
    ListReader list(each);
    OperatorRetry& retry = saga.retries.emplace_back();
    retry.at = {list.integer()};
    retry.from_step = list.text();
    retry.by = list.text();
  }
}

std::vector<Payment> read_payments(std::string_view text, const Order& order, Names& names) {
  std::vector<Payment> payments;
  for (const Json& each : parse_stored(text)) {
    ListReader list(each);
    Payment& payment = payments.emplace_back();
    payment.order = order.id;
    payment.execution = static_cast<int>(list.integer());
    payment.id = {uuid_of(list.text())};
    const std::string user = list.text();
    payment.user = user.empty() ? order.user : UserId{uuid_of(user)};
    payment.amount = {list.integer()};
    payment.method = static_cast<PaymentMethod>(list.integer());
    payment.status = static_cast<PaymentStatus>(list.integer());
    payment.external_transaction_id = list.text();
    payment.failure_reason = list.text();
    payment.node = names.node(list.integer());
    payment.version = static_cast<int>(list.integer());
    payment.created_at = {list.integer()};
    payment.updated_at = {list.integer()};
    payment.provider_key = list.text();
    payment.charge_began_at = list.offset(payment.created_at);
    payment.charge_pending = list.integer() != 0;
    if (list.at_end()) continue;
    payment.check.emplace().at = {list.integer()};
    payment.check->tries = static_cast<int>(list.integer());
  }
  return payments;
}

std::vector<Barrier> read_barriers(std::string_view text) {
  std::vector<Barrier> barriers;
  for (const Json& each : parse_stored(text)) {
    ListReader list(each);
    Barrier& barrier = barriers.emplace_back();
    barrier.step = static_cast<std::uint8_t>(list.integer());
    barrier.execution = static_cast<int>(list.integer());
    barrier.direction = static_cast<Direction>(list.integer());
    barrier.blocked = list.integer() != 0;
    barrier.refusal = list.text();
  }
  std::sort(barriers.begin(), barriers.end(), [](const Barrier& a, const Barrier& b) {
    return std::tie(a.step, a.execution, a.direction) < std::tie(b.step, b.execution, b.direction);
  });
  return barriers;
}

}  // namespace sagactl::postgres
