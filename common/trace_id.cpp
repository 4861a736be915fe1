#include "common/trace_id.hpp"

#include "common/text/hex.hpp"

namespace sagactl {
namespace {

constexpr std::size_t id_digits = 32, traceparent_length = 55, id_at = 3;

}  // namespace

std::optional<std::string> trace_id_of(std::string_view text) {
  if (text.size() >= traceparent_length && text[2] == '-' && text[id_at + id_digits] == '-')
    text = text.substr(id_at, id_digits);
  if (text.size() != id_digits || text.find_first_not_of("0123456789abcdef") != text.npos ||
      text.find_first_not_of('0') == text.npos)
    return std::nullopt;
  return std::string(text);
}

std::uint8_t trace_flags_of(std::string_view text) {
  const int flags = text.size() == traceparent_length ? hex_byte(text.substr(traceparent_length - 2)) : -1;
  return flags < 0 ? 1 : static_cast<std::uint8_t>(flags & trace_flags_kept);
}

Uuid uuid_of_trace(std::string_view trace_id) {
  std::string text(trace_id);
  for (const std::size_t at : {20, 16, 12, 8})
    if (text.size() > at) text.insert(at, "-");
  return Uuid::parse(text).value_or(Uuid{});
}

}  // namespace sagactl
