#include "cli/foreign/mongo_failure.hpp"

#include <fmt/format.h>

#include "cli/invocation.hpp"

namespace sagactl {
namespace {

constexpr std::uint32_t log_in_failed = 18;  // the server's code

bool mentions(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

// "No suitable servers found (...): [connection refused calling hello on '127.0.0.1:27017']" is what is in the
// brackets.
std::string_view reason_in(std::string_view message) {
  const std::size_t open = message.find(": ["), close = message.rfind(']');
  return open == message.npos || close == message.npos || close < open ? message
                                                                       : message.substr(open + 3, close - open - 3);
}

std::string_view advice_about(const bson_error_t& failure, bool by_tls) {
  const std::string_view message = failure.message;
  const bool is_client_log_in =
      failure.domain == MONGOC_ERROR_CLIENT && failure.code == MONGOC_ERROR_CLIENT_AUTHENTICATE;
  if (is_client_log_in || failure.code == log_in_failed || mentions(message, "uthentication failed"))
    return "check the user and the password in the URL, percent-encoded, and ?authSource=, the database that has the "
           "user";
  if (mentions(message, "certificate verify failed"))
    return "name the authority that signed the server's certificate with ?tls=true&tlsCAFile=FILE, and a host that the "
           "certificate is for";
  if (mentions(message, "wrong version number") || mentions(message, "packet length too long"))
    return "the server does not speak TLS at this port: leave out tls=true";
  if (mentions(message, "TLS handshake failed"))
    return "check the certificates: ?tlsCAFile=FILE, ?tlsCertificateKeyFile=FILE";
  if (mentions(message, "refused") || mentions(message, "resolve"))
    return "check the host and the port, and that the server runs";
  if (mentions(message, "closed") || mentions(message, "socket error") || mentions(message, "timeout"))
    return by_tls ? "check the host and the port; if the server does not speak TLS there, leave out tls=true"
                  : "check the host and the port; if the server wants TLS, add ?tls=true";
  return {};
}

// "pipeline[1]": the stage that the message names.
std::string stage_named(const ForeignQuery& query, std::string_view message) {
  const Json stages = read_json(query.mongo.pipeline);
  if (!stages.is_array()) return {};
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (stages[i].is_object() && !stages[i].empty() && mentions(message, stages[i].begin().key()))
      return fmt::format(" (pipeline[{}])", i);
  return {};
}

}  // namespace

Error wrong_mongo_url(const std::string& shown, std::string_view why) {
  return {ErrorCode::invalid, fmt::format("'{}' is not the address of a database: {}; write "
                                          "mongodb://USER:PASSWORD@HOST:PORT/DATABASE",
                                          shown, why)};
}

Error mongo_unavailable(const std::string& shown, const bson_error_t& failure) {
  Error error{ErrorCode::unavailable, fmt::format("cannot open {}: {}", shown, reason_in(failure.message))};
  const bool by_tls = mentions(shown, "tls=true") || mentions(shown, "ssl=true");
  const std::string_view advice = advice_about(failure, by_tls);
  return advice.empty() ? error : with_hint(std::move(error), std::string(advice));
}

Error mongo_query_failed(const ForeignQuery& query, std::string_view message) {
  return {ErrorCode::invalid,
          fmt::format("the profile's query {}: {}{}", query.name, message, stage_named(query, message))};
}

Error mongo_query_failed(const ForeignQuery& query, const bson_error_t& failure) {
  Error error = mongo_query_failed(query, reason_in(failure.message));
  if (failure.code == mongo_not_authorized)
    return with_hint(std::move(error), "name a user who may read it: mongodb://USER:PASSWORD@HOST/DATABASE");
  return error;
}

}  // namespace sagactl
