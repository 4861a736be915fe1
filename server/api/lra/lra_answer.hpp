// What the handlers of the LRA coordinator have in common: the LRA that a request names, and how answers are written.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "server/api/context.hpp"
#include "server/http/router.hpp"
#include "server/saga/lra_view.hpp"

namespace sagactl::api {

inline constexpr std::string_view lra_header = "Long-Running-Action";

// "http://node:3000/lra-coordinator", under which clients and participants reach the coordinator: as --lra-url has it,
// or as the request came. `invalid` when it came without a usable Host.
Result<std::string> coordinator_url(const Context& context, const http::Request& request);

// The LRA that {id} names: by the last segment of its URL, or by that URL, encoded. `not_found` for the id of another
// coordinator.
Result<SagaId> lra_in_path(const http::Request& request);
boost::asio::awaitable<Result<Flow>> read_lra(Context& context, const http::Request& request);

using LraChange = decltype(ChangeLraRequest::change);
// Changes it. `not_found` and `conflict` as ChangeLraRequest.
boost::asio::awaitable<Result<Receipt>> change_lra(Context& context, http::Request& request, SagaId id,
                                                   LraChange change);

// Whether this node may call the participant: `invalid` names what it may not.
boost::asio::awaitable<Result<void>> check_participant(Context& context, const LraLinks& links);

// Of a time limit in milliseconds; absent: 0, none. `invalid` for what is no such number.
Result<Duration> time_limit_in(const http::Request& request);

// The participant's data in its header. `conflict`: version 1.0 has none. `invalid`: it is too long, or no UTF-8.
Result<std::string> participant_data_in(const http::Request& request);

// All values of a header, which may stand there several times.
std::string joined_header(const http::Request& request, std::string_view lower_case_name);

// Whether the client wants JSON, and nothing else.
bool wants_json(const http::Request& request);

// The version of the protocol in which the client speaks: "1.2" when it does not say.
std::string_view api_version(const http::Request& request);
// 2.0: the client does not wait for an end.
bool waits_for_no_end(const http::Request& request);

http::Response lra_text(int status, std::string text);
// The text of an error, with the status that LRA's clients know.
http::Response lra_error(const Error& error);

Json lra_json(const Flow& flow);

}  // namespace sagactl::api
