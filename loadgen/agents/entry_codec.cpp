#include "loadgen/agents/entry_codec.hpp"

#include <fmt/format.h>

#include <concepts>

namespace sagactl {
namespace {

template <std::integral Number>
void put(std::string& out, Number number) {
  auto rest = static_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < sizeof(Number); ++i, rest >>= 8) out.push_back(static_cast<char>(rest & 0xFF));
}

void put(std::string& out, const Uuid& uuid) {
  out.append(reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size());
}

// Of an entry whose bytes are all there.
class EntryBytes {
 public:
  explicit EntryBytes(std::string_view bytes) : rest_(bytes) {}

  template <std::integral Number>
  void take(Number& number) {
    std::uint64_t value = 0;
    for (std::size_t i = sizeof(Number); i > 0; --i) value = value << 8 | static_cast<unsigned char>(rest_[i - 1]);
    number = static_cast<Number>(value);
    rest_.remove_prefix(sizeof(Number));
  }
  // False for a value above `last`.
  template <class Enum>
  bool take_enum(Enum& value, Enum last) {
    std::uint8_t number = 0;
    take(number);
    value = static_cast<Enum>(number);
    return number <= static_cast<std::uint8_t>(last);
  }
  void take(Uuid& uuid) {
    rest_.copy(reinterpret_cast<char*>(uuid.bytes.data()), uuid.bytes.size());
    rest_.remove_prefix(uuid.bytes.size());
  }
  std::string_view text(std::size_t size) { return rest_.substr(0, size); }

 private:
  std::string_view rest_;
};

// Without the id's text.
std::size_t fixed_size() {
  static const std::size_t size = [] {
    std::string bytes;
    append_entry(bytes, LedgerEntry{});
    return bytes.size();
  }();
  return size;
}

}  // namespace

void append_entry(std::string& out, const LedgerEntry& entry) {
  const std::string_view name = entry.order_name.text();
  put(out, static_cast<std::uint16_t>(name.size()));
  put(out, entry.operation);
  put(out, entry.group);
  put(out, entry.phase);
  put(out, entry.target);
  put(out, entry.user);
  put(out, entry.http_status);
  put(out, static_cast<std::uint8_t>(entry.kind));
  put(out, static_cast<std::uint8_t>(entry.outcome));
  put(out, static_cast<std::uint8_t>(entry.failure));
  put(out, static_cast<std::uint8_t>(entry.claimed_status));
  put(out, static_cast<std::uint8_t>(entry.step_end));
  put(out, entry.step);
  put(out, entry.member);
  for (const Timestamp at : {entry.planned, entry.sent, entry.first_byte, entry.done}) put(out, at.us);
  put(out, entry.order);
  put(out, entry.correlation);
  put(out, static_cast<std::uint8_t>(entry.claimed_total.has_value()));
  put(out, entry.claimed_total.value_or(Money{}).cents);
  out += name;
}

Result<std::size_t> EntryReader::read_one(std::string_view bytes, LedgerEntry& entry) {
  if (bytes.size() < fixed_size()) return std::size_t{0};
  EntryBytes source(bytes);
  std::uint16_t name_size = 0;
  std::uint8_t has_total = 0;
  Money total;
  source.take(name_size);
  source.take(entry.operation);
  source.take(entry.group);
  source.take(entry.phase);
  source.take(entry.target);
  source.take(entry.user);
  source.take(entry.http_status);
  bool is_known = source.take_enum(entry.kind, OrderKind::payment_fail);
  is_known = source.take_enum(entry.outcome, RequestOutcome::unreached) && is_known;
  is_known = source.take_enum(entry.failure, TransportFailure::agent_lost) && is_known;
  is_known = source.take_enum(entry.claimed_status, ClaimedStatus::other) && is_known;
  is_known = source.take_enum(entry.step_end, StepEnd::unanswered) && is_known;
  source.take(entry.step);
  source.take(entry.member);
  for (Timestamp* at : {&entry.planned, &entry.sent, &entry.first_byte, &entry.done}) source.take(at->us);
  source.take(entry.order);
  source.take(entry.correlation);
  source.take(has_total);
  source.take(total.cents);
  if (has_total > 0) entry.claimed_total = total;
  const bool fits = entry.phase < limits_.phases && entry.target < limits_.targets && entry.step < limits_.steps &&
                    entry.user < limits_.users && name_size <= OrderName::size_max && has_total <= 1;
  if (!is_known || !fits)
    return Error{ErrorCode::invalid, fmt::format("the entry of request {} does not fit this run", entry.operation)};
  if (bytes.size() < fixed_size() + name_size) return std::size_t{0};
  if (name_size > 0) entry.order_name = OrderName(source.text(name_size), names_);
  return fixed_size() + name_size;
}

}  // namespace sagactl
