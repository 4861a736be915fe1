// How a proxy is asked to connect to a server (RFC 9110, section 9.3.6).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sagactl {

inline constexpr std::size_t tunnel_answer_max = 8192;  // bytes of the head

// `to`: "host:port". `authorization`: the value of Proxy-Authorization; "": none.
std::string tunnel_request(std::string_view to, std::string_view authorization);

// What the head of a proxy's answer refuses: "answered 403 to CONNECT host:port", "is no HTTP proxy"; "" when the
// tunnel is open.
std::string tunnel_refusal(std::string_view head, std::string_view to);

}  // namespace sagactl
