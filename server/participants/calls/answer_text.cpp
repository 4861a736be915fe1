#include "server/participants/calls/answer_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "common/trace_id.hpp"

namespace sagactl {
namespace {

std::string_view origin_of(std::string_view url) {
  const auto authority = url.find("://");
  return url.substr(0, url.find_first_of("/?", authority == std::string_view::npos ? 0 : authority + 3));
}

// What the participant says of its refusal.
std::string reason_in(const ParticipantAnswer& answer) {
  const Json body = read_json(answer.body);
  for (const char* member : {"reason", "message", "detail", "error", "title"})
    if (std::string text = text_or_empty(body, member); !text.empty()) return storable(text, answer_reason_max);
  return storable(answer.body, answer_reason_max);
}

}  // namespace

std::string child_span(const Saga& saga, std::uint64_t entropy) {
  std::string trace;
  for (const char c : saga.id.text())
    if (c != '-') trace += c;
  if (const auto parents = trace_id_of(saga.trace_parent)) trace = *parents;
  return fmt::format("00-{}-{:016x}-{:02x}", trace, entropy | 1, trace_flags_of(saga.trace_parent));
}

std::string storable(std::string_view bytes, std::size_t size) {
  std::string text = storable_text(bytes.substr(0, size + 4));
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;  // whole characters
  text.resize(size);
  return text;
}

std::string location_in(const ParticipantCall& call, const ParticipantAnswer& answer) {
  const std::string& to = answer.location;
  const bool is_printable = std::all_of(to.begin(), to.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (to.empty() || !is_printable) return {};
  if (to.find("://") < to.find_first_of("/?#")) return to;
  const std::string_view origin = origin_of(call.url);
  if (to.starts_with("//")) return fmt::format("{}{}", origin.substr(0, origin.find("//")), to);
  if (to.starts_with('/')) return fmt::format("{}{}", origin, to);
  const std::string_view path = std::string_view(call.url).substr(0, call.url.find('?'));
  const auto slash = path.size() > origin.size() ? path.rfind('/') : std::string_view::npos;
  return slash == std::string_view::npos ? fmt::format("{}/{}", origin, to)
                                         : fmt::format("{}{}", path.substr(0, slash + 1), to);
}

std::string answered(const ParticipantAnswer& answer) {
  const std::string reason = reason_in(answer);
  return reason.empty() ? fmt::format("answered {}", answer.status)
                        : fmt::format("answered {}: {}", answer.status, reason);
}

bool is_temporary(int status) {
  return status == 408 || status == 425 || status == 429 || status / 100 == 5;
}

}  // namespace sagactl
