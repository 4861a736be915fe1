#include "loadgen/requests/single_requests.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "loadgen/answers/answer_values.hpp"
#include "loadgen/ledger/answer_counts.hpp"
#include "loadgen/profile/accounts.hpp"
#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {
namespace {

Url without_prefix(Url server) {
  server.prefix.clear();
  return server;
}

std::vector<std::size_t> places_in(const std::vector<std::string>& names, const std::vector<ValueSource>& keep) {
  std::vector<std::size_t> places;
  for (const ValueSource& source : keep)
    places.push_back(static_cast<std::size_t>(std::find(names.begin(), names.end(), source.name) - names.begin()));
  return places;
}

// All lines of Set-Cookie, otherwise the first value.
std::string values_of(const HttpHeaders& headers, std::string_view wanted) {
  std::string found;
  for (const auto& [name, value] : headers) {
    if (lower(name) != wanted) continue;
    if (wanted != "set-cookie") return value;
    found += fmt::format("{}{}", found.empty() ? "" : "\n", value);
  }
  return found;
}

// "Name: value\r\n", or nothing.
void add_line(HttpHeaders& headers, std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
}

Error refused_by_server(const JourneyStep& what, const HttpRequest& request, const HttpResponse& response) {
  const std::string message = response.message();
  return {ErrorCode::invalid, fmt::format("'{}': {} {} was answered with {}{}", what.name, request.method, request.path,
                                          response.status, message.empty() ? "" : ": " + message)};
}

// The load cannot begin: nothing answers, or the server refused what comes before it, which is `refused`.
Error not_begun(const Error& error, ErrorCode refused, std::string_view part) {
  return {error.code == ErrorCode::unavailable ? error.code : refused, fmt::format("{}: {}", part, error.message),
          error.members};
}

}  // namespace

SingleRequests::SingleRequests(const SingleRequestsSetup& setup)
    : setup_(setup), client_(without_prefix(setup.server), setup.http) {}

Result<void> SingleRequests::send(StepNumber step, const JourneyStep& what, const PlannedOrder& order, KeptScope scope,
                                  std::vector<std::string>& values) {
  HttpRequest request = setup_.writer->request(step, order);
  const bool is_log_in = step.part == StepNumber::Part::log_in;
  const bool has_cookies = is_log_in && setup_.profile->journey.cookies != CookieUse::none;
  if (has_cookies) {
    add_line(request.headers, setup_.writer->users().cookies(order.user, request.path, wall_clock_now()));
  }
  if (!is_log_in && !setup_.token.empty() && header_of(request.headers, "Authorization").empty())
    request.headers.emplace_back("Authorization", "Bearer " + setup_.token);
  const auto response = client_.send(request);
  if (!response)
    return Error{response.error().code,
                 fmt::format("'{}': {} {}: {}", what.name, request.method, request.path, response.error().message),
                 response.error().members};
  const bool is_expected = std::any_of(what.expect.begin(), what.expect.end(),
                                       [&](const StatusRange& range) { return range.holds(response->status); });
  if (!is_expected) {
    Error refused = refused_by_server(what, request, *response);
    if (lost_a_cookie_) refused.message += advice_about_lost_cookies;
    return refused;
  }
  if (has_cookies)
    setup_.writer->users().take_cookies(order.user, values_of(response->headers, "set-cookie"), request.path,
                                        wall_clock_now());
  else if (is_log_in && !header_of(response->headers, "Set-Cookie").empty())
    lost_a_cookie_ = true;
  Profile of_step;
  of_step.answer.is_graphql = what.is_graphql;
  AnswerPlan plan(of_step);
  if (const OrderAnswer answer = plan.read(response->body); answer.has_errors)
    return Error{ErrorCode::invalid, fmt::format("'{}': {} {} was answered with the error: {}", what.name,
                                                 request.method, request.path, answer.error)};
  const AnswerValues reader(what.keep, places_in(kept_names(setup_.profile->journey, scope), what.keep), plan);
  std::vector<std::string> headers;
  for (const std::string& name : plan.headers()) headers.push_back(values_of(response->headers, name));
  last_body_ = response->body;
  if (const std::string* missing = reader.read(response->body, headers, values))
    return Error{ErrorCode::invalid,
                 fmt::format("'{}': the answer to {} {} has no {}", what.name, request.method, request.path, *missing)};
  return {};
}

Result<std::vector<std::string>> SingleRequests::set_up() {
  const std::vector<JourneyStep>& steps = setup_.profile->journey.set_up;
  std::vector<std::string> values(kept_names(setup_.profile->journey, KeptScope::run).size());
  PlannedOrder order;
  order.target = setup_.target;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (auto sent = send({StepNumber::Part::set_up, i}, steps[i], order, KeptScope::run, values); !sent)
      return not_begun(sent.error(), ErrorCode::conflict, "set-up");
    setup_.writer->set_run_values(values);
  }
  return values;
}

Result<void> SingleRequests::tear_down() {
  const std::vector<JourneyStep>& steps = setup_.profile->journey.tear_down;
  std::vector<std::string> values;
  PlannedOrder order;
  order.target = setup_.target;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (auto sent = send({StepNumber::Part::tear_down, i}, steps[i], order, KeptScope::run, values); !sent)
      return Error{sent.error().code, "tear-down: " + sent.error().message, sent.error().members};
  return {};
}

std::optional<std::int64_t> SingleRequests::renewal(const std::string& authorization) const {
  const std::string& pointer = setup_.profile->journey.log_in.lifetime;
  if (pointer.empty())
    return renewal_of_token(authorization.substr(std::min(authorization.find(' ') + 1, authorization.size())));
  constexpr double used_share_ns = 0.75e9;
  const Json body = read_json(last_body_);
  const Json::json_pointer place(pointer);
  if (!body.contains(place) || !body[place].is_number()) return std::nullopt;
  const double seconds = body[place].get<double>();
  if (!(seconds > 0 && seconds < 1e9)) return std::nullopt;
  return steady_ns() + static_cast<std::int64_t>(seconds * used_share_ns);
}

Result<std::optional<std::int64_t>> SingleRequests::log_in(std::size_t user) {
  const LogIn& what = setup_.profile->journey.log_in;
  PlannedOrder order;
  order.target = setup_.target;
  order.user = static_cast<std::uint16_t>(user);
  order.journey = user;
  UserState state = setup_.writer->users().of(user);
  for (std::size_t i = 0; i < what.requests.size(); ++i) {
    if (auto sent = send({StepNumber::Part::log_in, i}, what.requests[i], order, KeptScope::user, state.values); !sent)
      return not_begun(sent.error(), ErrorCode::unauthenticated, fmt::format("log-in of user {}", user + 1));
    setup_.writer->users().replace(user, state);
  }
  const std::string authorization = setup_.writer->authorization(user);
  if (!authorization.empty()) {
    state.authorization = RequestWriter::authorization_line(authorization);
    setup_.writer->users().replace(user, state);
  }
  if (what.requests.empty()) return std::optional<std::int64_t>();
  return renewal(authorization);
}

HttpHeaders SingleRequests::headers_of_user(std::size_t user) const {
  HttpHeaders headers;
  add_line(headers, setup_.writer->users().of(user).authorization);
  if (setup_.profile->journey.cookies != CookieUse::none)
    add_line(headers, setup_.writer->users().cookies(user, setup_.server.prefix + "/", wall_clock_now()));
  return headers;
}

}  // namespace sagactl
