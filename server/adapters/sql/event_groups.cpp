#include "server/adapters/sql/event_groups.hpp"

#include <fmt/format.h>

#include <charconv>

#include "server/adapters/sql/database_failure.hpp"

namespace sagactl::sql {
namespace {

constexpr std::string_view null_text = "null";
constexpr std::int64_t uuid_digits = 36;

void add_number(std::string& list, std::int64_t number) {
  const fmt::format_int digits(number);
  list.append(digits.data(), digits.size());
  list += ',';
}

[[noreturn]] void fail_as_unreadable() {
  fail_as_bug("a stored list of events cannot be read");
}

// A text, behind its size; null for an empty one.
void add_text(std::string& list, std::string_view text) {
  add_number(list, static_cast<std::int64_t>(text.size()));
  list += text.empty() ? null_text : text;
}

// Reads a list from its beginning to its end. Its writer is known, and so is the size of each text in it: nothing has
// to be looked for.
class EarlierReader {
 public:
  explicit EarlierReader(std::string_view list) : rest_(list) {}

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void expect(std::string_view text) {
    if (!take(text)) fail_as_unreadable();
  }
  std::int64_t number() {
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failure != std::errc{}) fail_as_unreadable();
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  std::string_view text(std::int64_t size) {
    if (size < 0 || static_cast<std::size_t>(size) > rest_.size()) fail_as_unreadable();
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // The number, and the comma behind it.
  std::int64_t next_number() {
    const std::int64_t value = number();
    expect(",");
    return value;
  }
  std::string_view next_text() {
    const std::int64_t size = next_number();
    if (size > 0) return text(size);
    expect(null_text);
    return {};
  }
  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

EarlierEvent read_one(EarlierReader& reader) {
  EarlierEvent event;
  event.sequences_before = reader.next_number();
  event.time_before = Duration{reader.next_number()};
  if (reader.take("\"")) {
    event.aggregate = reader.text(uuid_digits);
    reader.expect("\",");
  } else {
    reader.expect("null,");
  }
  event.version = reader.next_number();
  event.type = reader.next_number();
  event.aggregate_type = reader.next_number();
  event.data = reader.next_text();
  if (reader.take(",")) event.metadata = reader.next_text();
  if (reader.take(",")) event.after = reader.number();
  return event;
}

}  // namespace

bool is_grouped(const Event& event, const Event& next) {
  return event.order == next.order && event.order != OrderId{} && !is_rare(event.type) &&
         event.correlation == next.correlation && event.occurred_at <= next.occurred_at;
}

void add_earlier_event(std::string& list, const Event& event, const Event& last, std::optional<std::int64_t> after) {
  list += list.empty() ? "[[" : ",[";
  add_number(list, last.sequence - event.sequence);
  add_number(list, (last.occurred_at - event.occurred_at).count());
  if (event.aggregate == event.order.uuid)
    list += null_text;
  else
    list.append("\"").append(event.aggregate.text()).append("\"");
  list += ',';
  add_number(list, event.version);
  add_number(list, static_cast<int>(event.type));
  add_number(list, static_cast<int>(event.aggregate_type));
  add_text(list, event.data);
  if (after || !event.metadata.empty()) {
    list += ',';
    add_text(list, event.metadata);
  }
  if (after) {
    const fmt::format_int digits(*after);
    list.append(",").append(digits.data(), digits.size());
  }
  list += ']';
}

void end_earlier_events(std::string& list) {
  if (!list.empty()) list += ']';
}

void each_earlier_event(std::string_view list, const std::function<void(const EarlierEvent&)>& visit) {
  if (list.empty()) return;
  EarlierReader reader(list);
  reader.expect("[");
  do {
    reader.expect("[");
    visit(read_one(reader));
    reader.expect("]");
  } while (reader.take(","));
  reader.expect("]");
  if (!reader.is_at_end()) fail_as_unreadable();
}

void read_earlier_event(const EarlierEvent& from, const Event& last, Event& event) {
  event.type = static_cast<EventType>(from.type);
  event.aggregate_type = static_cast<AggregateType>(from.aggregate_type);
  event.aggregate = Uuid::parse(from.aggregate).value_or(last.order.uuid);
  event.version = static_cast<int>(from.version);
  event.order = last.order;
  event.data = from.data;
  event.metadata = from.metadata;
  event.correlation = last.correlation;
  event.trace_parent = last.trace_parent;
  event.saga_type = last.saga_type;
  event.node = last.node;
  event.sequence = last.sequence - from.sequences_before;
  event.occurred_at = last.occurred_at - from.time_before;
}

}  // namespace sagactl::sql
