// What the client library of MongoDB reports, as errors that say what would be right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/foreign/foreign_rows.hpp"
#include "cli/foreign/mongo_library.hpp"

namespace sagactl {

inline constexpr std::uint32_t mongo_not_authorized = 13;  // the server's code for what a user may not do

// `shown`: the URL without its password.
Error wrong_mongo_url(const std::string& shown, std::string_view why);
// `unavailable`, with what to do about a log-in, TLS or a server that is not there.
Error mongo_unavailable(const std::string& shown, const bson_error_t& failure);

// `invalid`; names the stage of the pipeline that the server complains about.
Error mongo_query_failed(const ForeignQuery& query, std::string_view message);
Error mongo_query_failed(const ForeignQuery& query, const bson_error_t& failure);

}  // namespace sagactl
