// A participant's links, as it sends them when it joins: a Link header (RFC 8288), or the URL of the participant, below
// which its links have the names that MicroProfile LRA gives them.
#pragma once

#include <string_view>

#include "common/result.hpp"
#include "server/saga/lra_definition.hpp"

namespace sagactl::api {

// Links whose relation LRA does not know are ignored. `invalid` says where the text does not parse, which URL cannot be
// called, and which relation stands there twice.
Result<LraLinks> read_link_header(std::string_view text);

// "http://hotel/rooms": its links are "http://hotel/rooms/compensate" and so on. `invalid` for what is no such URL.
Result<LraLinks> links_below(std::string_view url);

// By which of these a participant names itself: its URL, or one of the links in a Link header.
std::string_view url_in(std::string_view link_or_url);

}  // namespace sagactl::api
