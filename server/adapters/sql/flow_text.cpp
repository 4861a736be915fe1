#include "server/adapters/sql/flow_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>

#include "common/text/json.hpp"
#include "common/text/json_object.hpp"
#include "server/adapters/sql/database_failure.hpp"

namespace sagactl::sql {
namespace {

// Writes a list of lists: [[1,"a",null],[2,"b",null]].
class ListWriter {
 public:
  explicit ListWriter(std::string& text) : text_(text) { text_.clear(); }

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
  void finish() {
    if (!text_.empty()) text_ += ']';
  }

 private:
  std::string& text_;
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

// Reads the numbers of `steps` in their order, without building JSON: every flow that is loaded has steps.
class StepReader {
 public:
  explicit StepReader(std::string_view text) : text_(text) {}

  // Whether another step begins. The first call passes the outermost bracket.
  bool next_step() {
    const auto begin = text_.find('[', at_);
    if (begin == std::string_view::npos) return false;
    at_ = begin + 1;
    return true;
  }
  std::optional<std::int64_t> next() {
    while (at_ < text_.size() && (text_[at_] == ',' || text_[at_] == '[')) ++at_;
    std::int64_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error == std::errc()) {
      at_ += static_cast<std::size_t>(end - begin);
      return value;
    }
    at_ = std::min(text_.find_first_of(",]", at_), text_.size());  // null
    return std::nullopt;
  }
  bool has_more() const { return at_ < text_.size() && text_[at_] == ','; }
  Timestamp next_time(Timestamp origin) {
    const auto offset = next();
    return offset ? origin + Duration{*offset} : Timestamp{};
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// The fourth number of a step. Users' sagas alone have calls.
constexpr std::int64_t in_doubt_bit = 1, calling_bit = 2;

constexpr const char* unreadable_list = "a stored list cannot be read";

Json parse_list(std::string_view text) {
  if (text.empty()) return Json::array();
  Json json = read_json(text);
  if (!json.is_array()) fail_as_bug(unreadable_list);
  return json;
}

Uuid uuid_of(const std::string& text) {
  return Uuid::parse(text).value_or(Uuid{});
}

}  // namespace

void write_steps(const Saga& saga, InternedNames& names, std::string& text) {
  ListWriter list(text);
  for (const StepState& step : saga.steps) {
    list.begin();
    list.add(static_cast<int>(step.status)).add(step.execution).add(step.tries);
    list.add((step.in_doubt ? in_doubt_bit : 0) | (step.calling ? calling_bit : 0));
    list.add_offset(step.began_at, saga.created_at).add_offset(step.ended_at, saga.created_at);
    list.add(names.number_of_node(step.node));
    const bool is_open = is_in_progress(step);
    if ((is_open && step.wake_at != saga.wake_at) || step.undo_round != 0)
      list.add_offset(is_open ? step.wake_at.value_or(Timestamp{}) : Timestamp{}, saga.created_at);
    if (step.undo_round != 0) list.add(step.undo_round);
    list.end();
  }
  list.finish();
  if (text.empty()) text = "[]";
}

void write_step_errors(const Saga& saga, std::string& text) {
  text.clear();
  if (std::all_of(saga.steps.begin(), saga.steps.end(), [](const StepState& step) { return step.error.empty(); }))
    return;
  Json errors = Json::array();
  for (const StepState& step : saga.steps) errors.push_back(step.error);
  text = json_text(errors);
}

void write_kept(const Saga& saga, std::string& text) {
  ListWriter list(text);
  if (std::all_of(saga.steps.begin(), saga.steps.end(),
                  [](const StepState& step) { return step.kept.empty() && step.location.empty(); }))
    return;
  for (const StepState& step : saga.steps) {
    list.begin();
    list.add_unless_empty(step.kept).add_unless_empty(step.location);
    list.end();
  }
  list.finish();
}

void write_retries(const Saga& saga, std::string& text) {
  ListWriter list(text);
  for (const OperatorRetry& retry : saga.retries) {
    list.begin();
    list.add(retry.at.us).add(retry.from_step).add(retry.by);
    list.end();
  }
  list.finish();
}

void write_payments(const std::vector<Payment>& payments, const UserId* user, InternedNames& names, std::string& text) {
  ListWriter list(text);
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
  list.finish();
}

void write_payment_facts(const std::vector<Payment>& payments, std::string& text) {
  ListWriter list(text);
  for (const Payment& payment : payments) {
    if (payment.facts.is_empty()) continue;
    list.begin();
    list.add(payment.execution).add_unless_empty(payment.facts.method).add_unless_empty(payment.facts.receipt_url);
    list.add_offset(payment.facts.approved_at, Timestamp{});
    list.end();
  }
  list.finish();
}

void write_barriers(const std::vector<Barrier>& barriers, std::string& text) {
  ListWriter list(text);
  for (const Barrier& barrier : barriers) {
    list.begin();
    list.add(barrier.step).add(barrier.execution).add(static_cast<int>(barrier.direction)).add(barrier.blocked);
    if (!barrier.refusal.empty()) list.add(barrier.refusal);
    list.end();
  }
  list.finish();
}

void read_steps(std::string_view text, Saga& saga, InternedNames& names) {
  if (!text.empty() && text.front() != '[') fail_as_bug(unreadable_list);
  StepReader reader(text);
  reader.next_step();
  saga.steps.clear();
  while (reader.next_step()) {
    StepState& step = saga.steps.emplace_back();
    step.status = static_cast<StepStatus>(reader.next().value_or(0));
    step.execution = static_cast<int>(reader.next().value_or(0));
    step.tries = static_cast<int>(reader.next().value_or(0));
    const std::int64_t doubt = reader.next().value_or(0);
    step.in_doubt = (doubt & in_doubt_bit) != 0;
    step.calling = (doubt & calling_bit) != 0;
    step.began_at = reader.next_time(saga.created_at);
    step.ended_at = reader.next_time(saga.created_at);
    step.node = names.node(reader.next().value_or(0));
    if (is_in_progress(step)) step.wake_at = saga.wake_at;
    if (!reader.has_more()) continue;
    const auto offset = reader.next();
    step.wake_at = offset ? std::optional(saga.created_at + Duration{*offset}) : std::nullopt;
    if (reader.has_more()) step.undo_round = static_cast<int>(reader.next().value_or(0));
  }
}

void read_step_errors(std::string_view text, Saga& saga) {
  if (text.empty()) return;
  const Json errors = parse_list(text);
  for (std::size_t i = 0; i < saga.steps.size() && i < errors.size(); ++i)
    saga.steps[i].error = errors[i].get<std::string>();
}

void read_kept(std::string_view text, Saga& saga) {
  if (text.empty()) return;
  const Json kept = parse_list(text);
  for (std::size_t i = 0; i < saga.steps.size() && i < kept.size(); ++i) {
    ListReader list(kept[i]);
    saga.steps[i].kept = list.text();
    saga.steps[i].location = list.text();
  }
}

void read_retries(std::string_view text, Saga& saga) {
  saga.retries.clear();
  if (text.empty()) return;
  for (const Json& each : parse_list(text)) {
    ListReader list(each);
    OperatorRetry& retry = saga.retries.emplace_back();
    retry.at = {list.integer()};
    retry.from_step = list.text();
    retry.by = list.text();
  }
}

std::vector<Payment> read_payments(std::string_view text, const Order& order, InternedNames& names) {
  std::vector<Payment> payments;
  for (const Json& each : parse_list(text)) {
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

void read_payment_facts(std::string_view text, std::vector<Payment>& payments) {
  if (text.empty()) return;
  for (const Json& each : parse_list(text)) {
    ListReader list(each);
    const std::int64_t execution = list.integer();
    for (Payment& payment : payments) {
      if (payment.execution != execution) continue;
      payment.facts.method = list.text();
      payment.facts.receipt_url = list.text();
      payment.facts.approved_at = list.offset(Timestamp{});
      break;
    }
  }
}

std::vector<Barrier> read_barriers(std::string_view text) {
  std::vector<Barrier> barriers;
  for (const Json& each : parse_list(text)) {
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

}  // namespace sagactl::sql
