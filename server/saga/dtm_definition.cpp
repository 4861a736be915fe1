#include "server/saga/dtm_definition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/percent.hpp"

namespace sagactl {
namespace {

constexpr Duration forever = std::chrono::hours(24 * 365 * 100);
constexpr Duration retry_cap = 5min, undo_budget = 24h;

TextTemplate literal(std::string text) {
  TextTemplate out;
  if (!text.empty()) out.push_back({std::move(text), std::nullopt, TextEscape::plain});
  return out;
}

// The payload of a branch, unchanged.
TextTemplate payload_of(std::size_t branch) {
  return {TextPiece{"", ValuePath{{"input", std::to_string(branch)}}, TextEscape::plain}};
}

std::int64_t count_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

bool flag_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

// "http://host:81" and "/path?query" of a URL, as they are sent: without a fragment, in ASCII.
std::pair<std::string, std::string> split_url(std::string url) {
  url.resize(std::min(url.find('#'), url.size()));
  const auto host = url.find("://");
  const auto end = std::min(url.find_first_of("/?", host == std::string::npos ? 0 : host + 3), url.size());
  std::string path = url.substr(end).starts_with('/') ? "" : "/";
  for (const char c : std::string_view(url).substr(end)) {
    if (static_cast<unsigned char>(c) < 0x80)
      path += c;
    else
      path += percent_encode(std::string_view(&c, 1));
  }
  return {url.substr(0, end), path};
}

class DtmCompiler {
 public:
  explicit DtmCompiler(const DtmTransaction& from) : from_(from) {
    out_.protocol = Protocol::dtm;
    out_.is_inline = true;
    out_.name = from.type == "msg" ? dtm_message : dtm_saga;
    out_.timeout = from.type == "saga" && from.timeout_to_fail > Duration{} ? from.timeout_to_fail : Duration::max();
  }

  SagaDefinition compile() {
    out_.pivot = SagaDefinition::no_pivot;
    if (from_.is_prepared) out_.pivot = add_prepared();
    if (from_.delay > Duration{}) add_delay();
    const std::size_t head = out_.steps.size();  // all branches come after these
    for (std::size_t i = 0; i < from_.branches.size(); ++i) {
      StepDefinition step = branch_step(i);
      std::vector<std::size_t> after;
      if (i < from_.after.size())
        for (const std::size_t each : from_.after[i]) after.push_back(head + each);
      if (!from_.is_concurrent && i > 0) after.push_back(head + i - 1);
      if (after.empty())
        for (std::size_t before = 0; before < head; ++before) after.push_back(before);
      step.after = std::move(after);
      out_.steps.push_back(std::move(step));
    }
    return std::move(out_);
  }

 private:
  std::size_t participant_at(const std::string& origin) {
    for (std::size_t i = 0; i < out_.participants.size(); ++i)
      if (out_.participants[i].url == origin) return i;
    ParticipantDefinition& it = out_.participants.emplace_back();
    it.name = it.url = origin;
    it.timeout = from_.request_timeout;
    return out_.participants.size() - 1;
  }

  // A msg that was prepared waits for its submit; when that does not come, its client is asked.
  std::size_t add_prepared() {
    StepDefinition step{.name = std::string(dtm_prepared_step), .action = "wait"};
    step.kind = StepKind::wait;
    step.listed = false;
    step.waits = from_.timeout_to_fail > Duration{} ? from_.timeout_to_fail : Duration(35s);
    step.after.emplace();
    set_times(step);
    auto call = std::make_shared<ParticipantStep>();
    call->ask.emplace();  // without a URL there is nothing to ask, and the answer is success
    if (!from_.query_prepared.empty()) {
      const auto [origin, path] = split_url(from_.query_prepared);
      call->participant = participant_at(origin);
      call->ask = RequestTemplate{"GET", literal(path), {}, {}};
    }
    step.call = std::move(call);
    out_.steps.push_back(std::move(step));
    return out_.steps.size() - 1;
  }

  // From the creation on, also while the msg waits for its submit.
  void add_delay() {
    StepDefinition step{.name = "delay", .action = "sleep"};
    step.kind = StepKind::sleep;
    step.listed = false;
    step.waits = from_.delay;
    step.after.emplace();
    out_.steps.push_back(std::move(step));
  }

  void set_times(StepDefinition& step) const {
    step.timeout = 2 * from_.request_timeout + 5s;
    step.retry = {from_.retry_interval, std::max(retry_cap, from_.retry_interval), forever};
    step.compensation_retry = {from_.retry_interval, std::max(retry_cap, from_.retry_interval), undo_budget};
  }

  StepDefinition branch_step(std::size_t i) {
    const DtmTransaction::Branch& branch = from_.branches[i];
    StepDefinition step{.name = dtm_branch_id(i), .action = branch.action, .compensated_as = dtm_branch_id(i)};
    if (step.action.empty()) step.action = "nothing";
    step.kind = StepKind::call;
    set_times(step);
    auto call = std::make_shared<ParticipantStep>();
    call->undo_refused = from_.type == "saga";
    const auto request = [&](const std::string& url) {
      if (url.empty()) return RequestTemplate{};
      return RequestTemplate{branch.has_payload ? "POST" : "GET",
                             literal(split_url(url).second),
                             branch.has_payload ? payload_of(i) : TextTemplate{},
                             {}};
    };
    call->perform = request(branch.action);
    if (!branch.action.empty()) call->participant = participant_at(split_url(branch.action).first);
    if (!branch.compensate.empty()) {
      step.compensation = branch.compensate;
      call->undo = request(branch.compensate);
      call->undo_participant = participant_at(split_url(branch.compensate).first);
    }
    step.call = std::move(call);
    return step;
  }

  const DtmTransaction& from_;
  SagaDefinition out_;
};

}  // namespace

std::string dtm_branch_id(std::size_t branch) {
  return fmt::format("{:02}", branch + 1);
}

std::string dtm_retry_limit_reason(int limit) {
  return fmt::format("RetryCount is greater than RetryLimit, RetryLimit: {}", limit);
}

Json dtm_definition_json(const DtmTransaction& transaction) {
  Json branches = Json::array();
  for (const auto& branch : transaction.branches)
    branches.push_back({{"action", branch.action}, {"compensate", branch.compensate}, {"payload", branch.has_payload}});
  Json dtm{{"type", transaction.type}, {"branches", std::move(branches)}};
  if (transaction.is_concurrent) dtm["concurrent"] = true;
  if (!transaction.after.empty()) dtm["after"] = transaction.after;
  if (transaction.timeout_to_fail > Duration{}) dtm["timeoutToFail"] = transaction.timeout_to_fail.count();
  dtm["requestTimeout"] = transaction.request_timeout.count();
  dtm["retryInterval"] = transaction.retry_interval.count();
  if (transaction.retry_limit > 0) dtm["retryLimit"] = transaction.retry_limit;
  if (!transaction.branch_headers.empty()) {
    Json headers = Json::array();
    for (const auto& [name, value] : transaction.branch_headers) headers.push_back({name, value});
    dtm["headers"] = std::move(headers);
  }
  if (transaction.is_prepared) dtm["prepared"] = true;
  if (!transaction.query_prepared.empty()) dtm["queryPrepared"] = transaction.query_prepared;
  if (transaction.delay > Duration{}) dtm["delay"] = transaction.delay.count();
  return Json{{"dtm", std::move(dtm)}};
}

Result<DtmTransaction> read_dtm_transaction(const Json& definition) {
  const Error unreadable{ErrorCode::bug, "a stored transaction cannot be read"};
  const auto found = definition.find("dtm");
  if (found == definition.end() || !found->is_object()) return unreadable;
  const Json& dtm = *found;
  DtmTransaction out;
  out.type = text_or_empty(dtm, "type");
  const auto branches = dtm.find("branches");
  if (branches == dtm.end() || !branches->is_array()) return unreadable;
  for (const Json& each : *branches)
    out.branches.push_back(
        {text_or_empty(each, "action"), text_or_empty(each, "compensate"), flag_of(each, "payload")});
  out.is_concurrent = flag_of(dtm, "concurrent");
  if (const auto after = dtm.find("after"); after != dtm.end() && after->is_array())
    for (const Json& each : *after) {
      out.after.emplace_back();
      for (const Json& before : each)
        if (before.is_number_unsigned()) out.after.back().push_back(before.get<std::size_t>());
    }
  out.timeout_to_fail = Duration{count_of(dtm, "timeoutToFail")};
  out.request_timeout = Duration{count_of(dtm, "requestTimeout")};
  out.retry_interval = Duration{count_of(dtm, "retryInterval")};
  out.retry_limit = static_cast<int>(count_of(dtm, "retryLimit"));
  if (const auto headers = dtm.find("headers"); headers != dtm.end() && headers->is_array())
    for (const Json& each : *headers)
      if (each.is_array() && each.size() == 2 && each[0].is_string() && each[1].is_string())
        out.branch_headers.emplace_back(each[0].get<std::string>(), each[1].get<std::string>());
  out.is_prepared = flag_of(dtm, "prepared");
  out.query_prepared = text_or_empty(dtm, "queryPrepared");
  out.delay = Duration{count_of(dtm, "delay")};
  return out;
}

Result<SagaDefinition> compile_dtm_definition(const Json& definition) {
  auto transaction = read_dtm_transaction(definition);
  if (!transaction) return transaction.error();
  for (const auto& before : transaction->after)
    for (const std::size_t each : before)
      if (each >= transaction->branches.size())
        return Error{ErrorCode::invalid, fmt::format("orders name step {}, but the last step is {}", each,
                                                     transaction->branches.size() - 1)};
  SagaDefinition out = DtmCompiler(*transaction).compile();
  if (has_circle(out)) return Error{ErrorCode::invalid, "by their orders, steps come after one another in a circle"};
  out.headers = std::move(transaction->branch_headers);
  out.retry_limit = transaction->retry_limit;
  return out;
}

}  // namespace sagactl
