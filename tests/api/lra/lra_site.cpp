#include "tests/api/lra/lra_site.hpp"

#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

constexpr std::string_view coordinator = "/lra-coordinator";

}  // namespace

void LraParticipants::script(const std::string& what, std::deque<LraAnswer> answers) {
  const std::lock_guard lock(mutex_);
  scripts_[what] = std::move(answers);
}

TestAnswer LraParticipants::respond(const Received& request) {
  LraAnswer given;
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back({request.method, request.path, request.body, request.headers});
    called_.notify_all();
    auto& answers = scripts_[request.method + " " + request.path];
    if (!answers.empty()) {
      given = answers.front();
      answers.pop_front();
    }
  }
  if (given.breaks) return {"", TestAnswer::After::reset};
  return answer(given.status, given.body, given.headers);
}

std::vector<std::string> LraParticipants::order() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> order;
  for (const LraCall& call : calls_) order.push_back(call.method + " " + call.target);
  return order;
}

std::vector<LraCall> LraParticipants::calls(const std::string& what) const {
  const std::lock_guard lock(mutex_);
  return calls_of(what);
}

// Precondition: the lock is held.
std::vector<LraCall> LraParticipants::calls_of(const std::string& what) const {
  std::vector<LraCall> found;
  for (const LraCall& call : calls_)
    if (call.method + " " + call.target == what) found.push_back(call);
  return found;
}

void LraParticipants::await_calls(const std::string& what, std::size_t count) const {
  std::unique_lock lock(mutex_);
  const bool came = called_.wait_for(lock, hang_limit, [&] { return calls_of(what).size() >= count; });
  EXPECT_TRUE(came) << what;
}

HttpResponse LraSite::send(const std::string& method, const std::string& path, const std::string& body,
                           const Headers& headers) {
  const auto at = path.rfind(coordinator);
  HttpRequest request{method, at == path.npos ? std::string(coordinator) + path : path.substr(at), body, {}};
  for (const auto& [name, value] : headers) request.headers.emplace_back(name, value);
  if (header_of(request.headers, "Accept").empty())  // as Narayana's client sends it
    request.headers.emplace_back("Accept", "application/json, text/plain, text/plain");
  return client.send(request).value();
}

std::string LraSite::get(const std::string& path) {
  const HttpResponse answer = send("GET", path);
  EXPECT_EQ(answer.status, 200) << answer.body;
  return answer.body;
}

std::string LraSite::start(const std::string& query) {
  const HttpResponse answer = send("POST", "/start" + query);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.body;
}

std::string LraSite::link(const std::string& path, const std::vector<std::string>& more) const {
  std::vector<std::string> relations = {"compensate", "complete"};
  relations.insert(relations.end(), more.begin(), more.end());
  std::string text;
  for (const std::string& relation : relations) {
    if (!text.empty()) text += ",";
    text += "<" + participants.url(path + "/" + relation) + ">; rel=\"" + relation + "\"; title=\"" + relation +
            " URI\"; type=\"text/plain\"";
  }
  return text;
}

void LraSite::await_status(const std::string& id, const std::string& status) {
  std::string now;
  node.await_write(order_of(saga_of_lra_id(id).value()), [&] { return (now = get(id + "/status")) == status; });
  EXPECT_EQ(now, status);
}

}  // namespace sagactl::test
