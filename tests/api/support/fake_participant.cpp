#include "tests/api/support/fake_participant.hpp"

#include <gtest/gtest.h>

#include "tests/services/waiting.hpp"

namespace sagactl::test {

FakeParticipant::FakeParticipant() {
  auto router = std::make_shared<http::Router>();
  for (const http::Method method :
       {http::Method::get, http::Method::post, http::Method::put, http::Method::patch, http::Method::del})
    for (const char* pattern : {"/{a}", "/{a}/{b}", "/{a}/{b}/{c}", "/{a}/{b}/{c}/{d}", "/{a}/{b}/{c}/{d}/{e}"})
      router->add({method, pattern, http::RouteAccess::anyone,
                   [this](http::Request& request) -> http::Answer { return respond(request); }, "", ""});
  http::ServerOptions options;
  options.port = 0;
  server_ = http::Server::listen(io_, options, router, std::make_shared<http::Metrics>()).value();
  thread_ = std::thread([this] { io_.run(); });
}

FakeParticipant::~FakeParticipant() {
  server_->stop(std::chrono::milliseconds(0), {});
  server_.reset();
  io_.stop();
  thread_.join();
}

std::string FakeParticipant::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port());
}

void FakeParticipant::answer(const std::string& what, int status, std::string body, std::vector<http::Header> headers) {
  const std::lock_guard lock(mutex_);
  rules_.push_back({what, status, std::move(body), std::move(headers)});
}

http::Response FakeParticipant::respond(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  SeenCall& seen = calls_.emplace_back();
  seen.what = request.method_text + " " + request.target;
  seen.body = request.body;
  for (const http::Header& header : request.headers) seen.headers[header.name] = header.value;
  called_.notify_all();
  Rule rule{"", 200, R"({"id":"b-1"})", {}};
  for (const Rule& each : rules_)
    if (seen.what.starts_with(each.what)) rule = each;
  http::Response response = http::text_response(rule.status, rule.body, http::media::json);
  response.headers = rule.headers;
  return response;
}

std::vector<SeenCall> FakeParticipant::calls(const std::string& what) const {
  const std::lock_guard lock(mutex_);
  return calls_of(what);
}

std::vector<SeenCall> FakeParticipant::calls_of(const std::string& what) const {
  std::vector<SeenCall> found;
  for (const SeenCall& call : calls_)
    if (call.what.starts_with(what)) found.push_back(call);
  return found;
}

SeenCall FakeParticipant::await(const std::string& what) const {
  std::unique_lock lock(mutex_);
  std::vector<SeenCall> found;
  if (called_.wait_for(lock, hang_limit, [&] { return !(found = calls_of(what)).empty(); })) return found.back();
  ADD_FAILURE() << "no call begins with " << what;
  return {};
}

}  // namespace sagactl::test
