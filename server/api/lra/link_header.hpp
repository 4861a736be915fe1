// A participant's links, as it sends them when it joins: a Link header (RFC 8288), or the URL of the participant, below
// which its links have the names that MicroProfile LRA gives them.
#pragma once

#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/saga/lra_definition.hpp"

namespace sagactl::api {

// Links whose relation LRA does not know are ignored. `invalid` says where the text does not parse, which URL cannot be
// called, and which relation stands there twice.
Result<LraLinks> read_link_header(std::string_view text);

// "http://hotel/rooms": its links are "http://hotel/rooms/compensate" and so on. `invalid` for what is no such URL.
Result<LraLinks> links_below(std::string_view url);

// The one that names a participant with these links: that for compensate, or another when it has none.
std::string url_of(const LraLinks& links);

// By what a participant names itself: its URL, or its links as they stand in a Link header, of which the first may be
// one that the coordinator does not call.
std::string url_in(std::string_view links_or_url);

}  // namespace sagactl::api
