#include "tests/api/dtm/dtm_site.hpp"

#include "common/text/percent.hpp"
#include "server/api/read_flow.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

std::string argument(const std::string& target, const std::string& name) {
  const auto at = target.find(name + "=");
  if (at == target.npos) return "";
  const auto from = at + name.size() + 1;
  return target.substr(from, target.find('&', from) - from);
}

}  // namespace

void DtmParticipant::script(const std::string& what, std::deque<DtmAnswer> answers, bool repeats_last) {
  const std::lock_guard lock(mutex_);
  scripts_[what] = {std::move(answers), repeats_last};
}

TestAnswer DtmParticipant::respond(const Received& request) {
  DtmAnswer given;
  std::size_t index = 0;
  {
    const std::lock_guard lock(mutex_);
    DtmCall call{request.method, request.path, "", request.body, request.headers, ++moments_, 0};
    call.what = request.path.substr(0, request.path.find('?')) + " " + argument(request.path, "op");
    auto& [answers, repeats_last] = scripts_[call.what];
    if (!answers.empty()) {
      given = answers.front();
      if (answers.size() > 1 || !repeats_last) answers.pop_front();
    }
    index = calls_.size();
    calls_.push_back(std::move(call));
    called_.notify_all();
  }
  {
    std::unique_lock lock(mutex_);
    called_.wait_for(lock, hang_limit, [&] {
      return given.waits_for.empty() || let_go_.contains(given.waits_for) ||
             calls_of(given.waits_for).size() >= given.waits_for_count;
    });
    calls_[index].ended = ++moments_;
  }
  if (given.breaks) return {"", TestAnswer::After::reset};
  return answer(given.status, given.body);
}

void DtmParticipant::let_go(const std::string& what) {
  const std::lock_guard lock(mutex_);
  let_go_.insert(what);
  called_.notify_all();
}

std::vector<DtmCall> DtmParticipant::calls(const std::string& what) const {
  const std::lock_guard lock(mutex_);
  return calls_of(what);
}

// Precondition: the lock is held.
std::vector<DtmCall> DtmParticipant::calls_of(const std::string& what) const {
  std::vector<DtmCall> found;
  for (const DtmCall& call : calls_)
    if (what.empty() || call.what == what) found.push_back(call);
  return found;
}

std::vector<std::string> DtmParticipant::order() const {
  std::vector<std::string> order;
  for (const DtmCall& call : calls()) order.push_back(call.what);
  return order;
}

void DtmParticipant::await_calls(const std::string& what, std::size_t count) const {
  std::unique_lock lock(mutex_);
  const bool came = called_.wait_for(lock, hang_limit, [&] { return calls_of(what).size() >= count; });
  EXPECT_TRUE(came) << what;
}

Json Dtm::get(const std::string& route) {
  const HttpResponse answer = client.get(base + route).value();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body.find("FAILURE"), answer.body.npos) << answer.body;
  return answer.json().value();
}

std::string Dtm::statuses(const std::string& gid) {
  const Json found = query(gid);
  std::string text = found["transaction"]["status"].get<std::string>() + ":";
  for (const Json& branch : found["branches"]) text += " " + branch["status"].get<std::string>();
  return text;
}

OrderId Dtm::flow_of(const std::string& gid) {
  const auto flow = api::find_named_flow(node.queries(), percent_decode(gid).value());
  if (flow && *flow) return (*flow)->order.id;
  ADD_FAILURE() << "there is no transaction " << gid;
  return {};
}

void Dtm::await_failed_try(const std::string& gid, std::size_t step) {
  const OrderId id = flow_of(gid);
  EXPECT_TRUE(node.await_write(id, [&] {
    const StepState state = node.queries().flow(id).value()->saga->steps.at(step);
    return state.tries > 0 && !state.calling;
  }));
}

std::string Dtm::await_status(const std::string& gid, const std::string& begin) {
  std::string now;
  node.await_write(flow_of(gid), [&] { return (now = statuses(gid)).starts_with(begin); });
  EXPECT_TRUE(now.starts_with(begin)) << now;
  return now;
}

Json Dtm::saga(const std::string& gid, Json more) const {
  const auto step = [&](const std::string& path) {
    return Json{{"action", participant.url(path)}, {"compensate", participant.url(path + "-undo")}};
  };
  Json body{{"gid", gid},
            {"trans_type", "saga"},
            {"steps", Json::array({step("/out"), step("/in")})},
            {"payloads", {R"({"amount": 30})", R"({"amount": 31})"}},
            {"retry_interval", 1}};
  body.update(more);
  return body;
}

Json Dtm::msg(const std::string& gid, Json more) const {
  Json body{
      {"gid", gid},
      {"trans_type", "msg"},
      {"steps", Json::array({Json{{"action", participant.url("/out")}}, Json{{"action", participant.url("/in")}}})},
      {"payloads", {"1", "2"}},
      {"query_prepared", participant.url("/asked?x=1")},
      {"retry_interval", 1}};
  body.update(more);
  return body;
}

}  // namespace sagactl::test
