#include "server/http/provenance.hpp"

#include <algorithm>

#include "common/id.hpp"

namespace sagactl::http {
namespace {

constexpr std::size_t correlation_length_max = 128;

bool is_correlation_id(std::string_view text) {
  return !text.empty() && text.size() <= correlation_length_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F; });
}

bool came_through_a_proxy(const Request& request) {
  return !request.header("x-forwarded-for").empty() || !request.header("forwarded").empty() ||
         !request.header("x-real-ip").empty();
}

// A web page can make a browser on this machine ask a loopback address under a name of the page's own
// (DNS rebinding); the name then stands in Host.
bool names_this_machine(std::string_view host) {
  if (host.starts_with('[')) return host == "[::1]" || host.starts_with("[::1]:");
  const std::string_view name = host.substr(0, host.find(':'));
  if (name.empty() || name == "localhost") return true;
  const bool numeric = name.find_first_not_of("0123456789.") == name.npos;
  return numeric && name.starts_with("127.");
}

}  // namespace

void set_provenance(Request& request, bool peer_is_loopback) {
  request.from_loopback =
      peer_is_loopback && !came_through_a_proxy(request) && names_this_machine(request.header("host"));
  const std::string_view given = request.header("x-correlation-id");
  request.correlation_id = is_correlation_id(given) ? std::string(given) : new_uuid().text();
  const std::string_view parent = request.header("traceparent");
  const auto continued = parent.empty() ? std::nullopt : TraceContext::from(parent);
  request.trace = continued ? *continued : TraceContext::fresh();
}

}  // namespace sagactl::http
