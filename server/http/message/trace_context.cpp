#include "server/http/message/trace_context.hpp"

#include <cstring>
#include <span>

#include "common/crypto.hpp"
#include "common/text/hex.hpp"
#include "common/trace_id.hpp"

namespace sagactl::http {
namespace {

bool all_zero(std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes)
    if (byte != 0) return false;
  return true;
}

// An id must not be all zeros.
void fill(std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); i += 8) {
    const std::uint64_t random = random_u64() | 1;
    std::memcpy(out.data() + i, &random, 8);
  }
}

}  // namespace

TraceContext TraceContext::fresh() {
  TraceContext context;
  fill(context.trace_id);
  fill(context.span_id);
  return context;
}

std::optional<TraceContext> TraceContext::from(std::string_view text) {
  constexpr std::size_t length = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2
  if (text.size() < length || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  std::array<std::uint8_t, 1> version{}, flags{};
  TraceContext context;
  // The specification has digits in lower case only.
  if (!read_lower_hex(text.substr(0, 2), version) || version[0] == 0xFF) return std::nullopt;
  // Version 0 ends here; a later version may continue after a dash.
  if (text.size() > length && (version[0] == 0 || text[length] != '-')) return std::nullopt;
  if (!read_lower_hex(text.substr(3, 32), context.trace_id) || all_zero(context.trace_id)) return std::nullopt;
  if (!read_lower_hex(text.substr(36, 16), context.parent_span_id) || all_zero(context.parent_span_id))
    return std::nullopt;
  if (!read_lower_hex(text.substr(53, 2), flags)) return std::nullopt;
  context.flags = flags[0] & trace_flags_kept;
  fill(context.span_id);
  return context;
}

std::string TraceContext::traceparent() const {
  std::string out;
  out.reserve(55);
  out += "00-";
  append_hex(out, trace_id);
  out += '-';
  append_hex(out, span_id);
  out += '-';
  append_hex(out, std::span(&flags, 1));
  return out;
}

std::string TraceContext::trace_id_text() const {
  std::string out;
  out.reserve(32);
  append_hex(out, trace_id);
  return out;
}

}  // namespace sagactl::http
