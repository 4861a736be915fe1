#include "server/adapters/participants/call_text.hpp"

#include <algorithm>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

// Of a path and its query. Others come from an answer's Location alone: definitions are percent-encoded.
bool is_fit_for_path(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != 0x7F; });
}

bool is_fit_for_header(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return (c >= ' ' && c != 0x7F) || c == '\t'; });
}

bool is_name(std::string_view name, std::string_view lower_case) {
  return name.size() == lower_case.size() &&
         std::equal(name.begin(), name.end(), lower_case.begin(), [](unsigned char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : static_cast<char>(a)) == b;
         });
}

// The headers that say where a request goes and where it ends are this writer's alone.
bool is_own(std::string_view name) {
  return is_name(name, "host") || is_name(name, "content-length") || is_name(name, "connection") ||
         is_name(name, "transfer-encoding");
}

// A client of DTM's may choose these for its participants.
bool has_header(const ParticipantCall& call, std::string_view lower_case) {
  return std::any_of(call.headers.begin(), call.headers.end(),
                     [&](const auto& header) { return is_name(header.first, lower_case); });
}

class HeaderWriter {
 public:
  explicit HeaderWriter(std::string& out) : out_(out) {}

  HeaderWriter& add(std::string_view name, std::string_view value) {
    out_.append(name).append(": ").append(value).append("\r\n");
    return *this;
  }

 private:
  std::string& out_;
};

std::string_view idempotency_key(const ParticipantCall& call) {
  for (const auto& [name, value] : call.headers) {
    if (!is_name(name, "idempotency-key")) continue;
    const bool is_quoted = value.size() > 1 && value.front() == '"' && value.back() == '"';
    return is_quoted ? std::string_view(value).substr(1, value.size() - 2) : std::string_view(value);
  }
  return {};
}

void add_saga_headers(std::string& out, const ParticipantCall& call, const NodeSigns& node) {
  HeaderWriter headers(out);
  headers.add("Saga-Deadline", iso8601_ms(node.now + call.timeout));
  if (node.node_url && node.tokens && !call.is_question) {
    const std::string saga = call.call.saga.text();
    const std::string& step = call.definition->steps[call.call.step].name;
    const auth::AnsweredCall answered{call.call.direction == Direction::compensation, call.call.execution,
                                      call.undo_round};
    out.append("Saga-Answer: ").append(*node.node_url).append("/sagas/").append(saga);
    out.append("/steps/").append(step).append("/answer?token=");
    out.append(node.tokens->token_of(saga, step, answered)).append("\r\n");
  }
  if (!node.secret) return;
  for (const auto& [name, value] : node.secret->headers) headers.add(name, value);
  if (!node.secret->key) return;
  const std::string_view id = idempotency_key(call);
  const std::int64_t timestamp_s = node.now.us / 1'000'000;
  headers.add("webhook-id", id).add("webhook-timestamp", std::to_string(timestamp_s));
  headers.add("webhook-signature", node.secret->key->sign(id, timestamp_s, call.body));
}

}  // namespace

std::string_view origin_of(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == url.npos) return url;
  return url.substr(0, url.find_first_of("/?#", scheme_end + 3));
}

bool write_call(std::string& out, const ParticipantCall& call, std::string_view host_header, const NodeSigns& node,
                RequestTarget target) {
  const std::string_view origin = origin_of(call.url);
  std::string_view path = std::string_view(call.url).substr(origin.size());
  path = path.substr(0, path.find('#'));
  if (!is_fit_for_path(path) || !is_fit_for_path(call.method)) return false;
  for (const auto& [name, value] : call.headers)
    if (name.empty() || !is_fit_for_path(name) || !is_fit_for_header(value)) return false;
  out.append(call.method).append(" ");
  if (target == RequestTarget::whole_url) out.append(origin);
  out.append(path.starts_with('/') ? "" : "/").append(path).append(" HTTP/1.1\r\n");
  HeaderWriter headers(out);
  headers.add("Host", host_header);
  if (!has_header(call, "user-agent")) headers.add("User-Agent", "sagactl");
  if (!has_header(call, "accept")) headers.add("Accept", "application/json, */*");
  for (const auto& [name, value] : call.headers)
    if (!is_own(name)) headers.add(name, value);
  if (call.definition->protocol == Protocol::sagactl) add_saga_headers(out, call, node);
  const bool may_lack_body = call.method == "GET" || call.method == "HEAD";
  if (!call.body.empty() || !may_lack_body) headers.add("Content-Length", std::to_string(call.body.size()));
  out.append("\r\n").append(call.body);
  return true;
}

}  // namespace sagactl
