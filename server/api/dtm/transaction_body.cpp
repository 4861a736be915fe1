#include "server/api/dtm/transaction_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t gid_max = 128;  // characters
constexpr std::size_t branches_max = 99;
constexpr std::size_t url_max = 1024;  // bytes
constexpr std::size_t payload_max = 65'536;
constexpr std::size_t headers_max = 100, headers_bytes_max = 16'384;
constexpr std::int64_t request_timeout_max = 3600, seconds_max = 86'400 * 365 * 10, retry_limit_max = 1'000'000;

Error refused(std::string message) {
  return Error{ErrorCode::invalid, std::move(message)};
}

// DTM drops these from a gid.
std::string cleaned(std::string gid) {
  std::erase_if(gid, [](char c) { return c == '\n' || c == '\r' || c == ';'; });
  return gid;
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Result<void> check_url(const std::string& url, const std::string& what) {
  if (url.empty()) return {};
  if (url.size() > url_max) return refused(fmt::format("{} has {} bytes; at most {}", what, url.size(), url_max));
  if (url.starts_with("topic://"))
    return refused(fmt::format("topic not found: {} is {}, and this server has no topics", what, url));
  const std::string scheme = lower(std::string_view(url).substr(0, url.find("://")));
  if (scheme != "http" && scheme != "https")
    return refused(fmt::format("{} is {}; it must begin with http:// or https://", what, url));
  const std::size_t host = url.find("://") + 3;
  const std::string_view authority = std::string_view(url).substr(host, url.find_first_of("/?#", host) - host);
  if (authority.empty()) return refused(fmt::format("{} is {}, without a host", what, url));
  if (authority.find('@') != authority.npos)
    return refused(fmt::format("{} holds a user name, which is not supported; send it in branch_headers", what));
  if (std::any_of(url.begin(), url.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; }))
    return refused(fmt::format("{} holds a blank or a control character", what));
  return {};
}

// HTTP/1.1 says them itself, as Go's client does.
bool is_of_connection(std::string_view lower_name) {
  constexpr std::array own = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"};
  return std::find(own.begin(), own.end(), lower_name) != own.end();
}

Result<void> read_headers(const TextMap& from, DtmTransaction& out) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : from) {
    const bool name_ok = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) ||
             std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
    const bool value_ok = std::none_of(value.begin(), value.end(), [](char c) {
      return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F;
    });
    if (!name_ok || !value_ok) return refused(fmt::format("branch_headers: '{}' cannot be sent as a header", name));
    bytes += name.size() + value.size();
    if (!is_of_connection(lower(name))) out.branch_headers.emplace_back(name, value);
  }
  if (from.size() > headers_max || bytes > headers_bytes_max)
    return refused(fmt::format("branch_headers hold more than {} headers or {} bytes", headers_max, headers_bytes_max));
  return {};
}

// {"1":[0]}: step 1 after step 0.
Result<void> read_orders(const Json& orders, DtmTransaction& out) {
  const Error malformed = refused("custom_data: orders must be an object such as {\"1\":[0]}: step 1 after step 0");
  if (!orders.is_object()) return malformed;
  out.after.resize(out.branches.size());
  for (const auto& [key, before] : orders.items()) {
    const auto step = parse_number<std::size_t>(key);
    if (!step || *step >= out.branches.size())
      return refused(fmt::format("custom_data: orders name step {}; there are steps 0 to {}", key,
                                 static_cast<std::int64_t>(out.branches.size()) - 1));
    if (before.is_null()) continue;
    if (!before.is_array()) return malformed;
    out.after[*step].clear();
    for (const Json& each : before) {
      if (!each.is_number_unsigned()) return malformed;
      out.after[*step].push_back(each.get<std::size_t>());
    }
  }
  const bool is_empty = std::all_of(out.after.begin(), out.after.end(), [](const auto& it) { return it.empty(); });
  if (is_empty) out.after.clear();
  return {};
}

Result<void> read_custom_data(const std::string& text, DtmTransaction& out) {
  if (text.empty()) return {};
  auto json = parse_go_object(text);
  if (!json) return refused(fmt::format("custom_data holds no JSON object: {}", json.error().message));
  GoObject data(*json);
  if (out.type == "saga") {
    out.is_concurrent = data.flag("concurrent");
    if (const Json* orders = data.find("orders"))
      if (auto done = read_orders(*orders, out); !done) return done;
  } else {
    const std::int64_t delay = data.integer("delay");
    if (delay < 0 || delay > seconds_max) data.fault("delay", fmt::format("seconds from 0 to {}", seconds_max));
    out.delay = std::chrono::seconds(std::max<std::int64_t>(delay, 0));
  }
  if (const auto valid = data.finish(); !valid) return refused("custom_data: " + valid.error().message);
  return {};
}

Result<void> read_times(const TransactionBody& body, DtmTransaction& out) {
  const auto check = [](std::int64_t value, std::int64_t max, const char* name) -> Result<void> {
    if (value > max) return refused(fmt::format("{} is {}; at most {}", name, value, max));
    return {};
  };
  if (auto done = check(body.timeout_to_fail, seconds_max, "timeout_to_fail"); !done) return done;
  if (auto done = check(body.request_timeout, request_timeout_max, "request_timeout"); !done) return done;
  if (auto done = check(body.retry_interval, seconds_max, "retry_interval"); !done) return done;
  if (auto done = check(body.retry_limit, retry_limit_max, "retry_limit"); !done) return done;
  using std::chrono::seconds;
  if (body.timeout_to_fail > 0) out.timeout_to_fail = seconds(body.timeout_to_fail);
  if (body.request_timeout > 0) out.request_timeout = seconds(body.request_timeout);
  if (body.retry_interval > 0)
    out.retry_interval = seconds(body.retry_interval);
  else if (body.timeout_to_fail > 0 && body.timeout_to_fail < 10)
    out.retry_interval = seconds(body.timeout_to_fail);
  out.retry_limit = static_cast<int>(std::max<std::int64_t>(body.retry_limit, 0));
  return {};
}

// The payload of each step: of `payloads`, and then those that stand in the steps.
Result<std::vector<std::string>> payloads_of(const TransactionBody& body) {
  std::vector<std::string> all = body.payloads;
  for (const TextMap& step : body.steps)
    if (std::string data = text_in(step, "data"); !data.empty()) all.push_back(std::move(data));
  if (all.size() < body.steps.size())
    return refused(fmt::format("there are {} payloads for {} steps", all.size(), body.steps.size()));
  all.resize(body.steps.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].size() > payload_max)
      return refused(fmt::format("the payload of step {} has {} bytes; at most {}", i + 1, all[i].size(), payload_max));
  return all;
}

}  // namespace

Result<TransactionBody> read_transaction_body(std::string_view text) {
  auto json = parse_go_object(text);
  if (!json) return json.error();
  GoObject object(*json);
  TransactionBody body;
  body.gid = cleaned(object.text("gid"));
  body.trans_type = object.text("trans_type");
  body.steps = object.text_maps("steps");
  body.payloads = object.texts("payloads");
  body.custom_data = object.text("custom_data");
  body.query_prepared = object.text("query_prepared");
  body.protocol = object.text("protocol");
  body.rollback_reason = object.text("rollback_reason");
  body.is_concurrent = object.flag("concurrent");
  body.waits_for_result = object.flag("wait_result");
  body.timeout_to_fail = object.integer("timeout_to_fail");
  body.request_timeout = object.integer("request_timeout");
  body.retry_interval = object.integer("retry_interval");
  body.retry_limit = object.integer("retry_limit");
  body.branch_headers = object.text_map("branch_headers");
  if (const auto valid = object.finish(); !valid) return valid.error();
  if (body.gid.empty()) return refused("gid is empty; get one from newGid");
  if (characters_of(body.gid) > gid_max) return refused(fmt::format("gid is longer than {} characters", gid_max));
  return body;
}

Result<TransactionStart> start_of(const TransactionBody& body, bool is_prepared) {
  TransactionStart out;
  DtmTransaction& transaction = out.transaction;
  if (body.trans_type != "saga" && body.trans_type != "msg")
    return refused(fmt::format("trans_type is '{}'; this server carries out saga and msg", body.trans_type));
  transaction.type = body.trans_type;
  if (is_prepared && transaction.type == "saga") return refused("a saga is not prepared: submit it");
  if (!body.protocol.empty() && body.protocol != "http")
    return refused(fmt::format("protocol is '{}'; this server calls over http", body.protocol));
  if (body.steps.size() > branches_max)
    return refused(fmt::format("there are {} steps; at most {}", body.steps.size(), branches_max));
  auto payloads = payloads_of(body);
  if (!payloads) return payloads.error();
  for (std::size_t i = 0; i < body.steps.size(); ++i) {
    DtmTransaction::Branch& branch = transaction.branches.emplace_back();
    branch.action = text_in(body.steps[i], "action");
    if (auto valid = check_url(branch.action, fmt::format("the action of step {}", i + 1)); !valid)
      return valid.error();
    branch.has_payload = !(*payloads)[i].empty();
    if (transaction.type != "saga") continue;
    branch.compensate = text_in(body.steps[i], "compensate");
    if (auto valid = check_url(branch.compensate, fmt::format("the compensate of step {}", i + 1)); !valid)
      return valid.error();
  }
  if (transaction.type == "msg") transaction.is_concurrent = body.is_concurrent;
  if (auto valid = read_custom_data(body.custom_data, transaction); !valid) return valid.error();
  if (auto valid = read_times(body, transaction); !valid) return valid.error();
  if (auto valid = read_headers(body.branch_headers, transaction); !valid) return valid.error();
  transaction.is_prepared = is_prepared;
  if (is_prepared) {
    transaction.query_prepared = body.query_prepared;
    if (auto valid = check_url(body.query_prepared, "query_prepared"); !valid) return valid.error();
  }
  out.input = json_text(Json(std::move(*payloads)));
  return out;
}

}  // namespace sagactl::api
