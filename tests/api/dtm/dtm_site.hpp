// A node as DTM's clients see it, and a participant that records its calls and answers as the test says.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "tests/api/support/api_node.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl::test {

struct DtmCall {
  std::string method, target;  // "/out?branch_id=01&..."
  std::string what;            // "/out action"
  std::string body;
  std::map<std::string, std::string> headers;  // by their names in lower case
  int began = 0, ended = 0;                    // in the order of all beginnings and ends; 0: it has not ended
};

struct DtmAnswer {
  int status = 200;
  std::string body = R"({"dtm_result":"SUCCESS"})";
  // Answers only when so many calls of that kind ("/out action") have come, or let_go() is called with it.
  std::string waits_for = {};
  std::size_t waits_for_count = 1;
  bool breaks = false;  // the connection, instead of an answer
};

class DtmParticipant {
 public:
  explicit DtmParticipant(std::uint16_t port = 0)
      : server_([this](const Received& request) { return respond(request); }, "127.0.0.1", port) {}

  std::string url(const std::string& path) const { return server_.url() + path; }
  // The next answers to calls of that path with that op ("/out action"); after the last one of them, success. The last
  // one stays when `repeats_last`.
  void script(const std::string& what, std::deque<DtmAnswer> answers, bool repeats_last = false);
  std::vector<DtmCall> calls(const std::string& what = "") const;
  std::vector<std::string> order() const;  // what was called, in the order of the beginnings
  void await_calls(const std::string& what, std::size_t count) const;
  void let_go(const std::string& what);

 private:
  TestAnswer respond(const Received& request);
  std::vector<DtmCall> calls_of(const std::string& what) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable called_;
  std::map<std::string, std::pair<std::deque<DtmAnswer>, bool>> scripts_;
  std::vector<DtmCall> calls_;
  std::set<std::string> let_go_;
  int moments_ = 0;
  ScriptedServer server_;
};

class Dtm : public testing::Test {
 protected:
  static constexpr const char* base = "/api/dtmsvr/";

  HttpResponse post(const std::string& route, const Json& body) { return post_text(route, body.dump()); }
  HttpResponse post_text(const std::string& route, const std::string& body, const std::string& type = "text/plain") {
    return client.send({"POST", base + route, body, {{"Content-Type", type}}}).value();
  }
  Json query(const std::string& gid) { return get("query?gid=" + gid); }
  Json get(const std::string& route);
  // "failed: succeed succeed succeed failed": the transaction, and its branches as query has them.
  std::string statuses(const std::string& gid);
  OrderId flow_of(const std::string& gid);
  std::string await_status(const std::string& gid, const std::string& begin);  // they begin so; what they are then
  void await_failed_try(const std::string& gid, std::size_t step);             // until a call of that step has failed
  std::string reason(const std::string& gid) { return text_or_empty(query(gid)["transaction"], "rollback_reason"); }

  // Two steps, /out and /in, which are undone at /out-undo and /in-undo, with payloads of their own.
  Json saga(const std::string& gid, Json more = Json::object()) const;
  Json msg(const std::string& gid, Json more = Json::object()) const;

  DtmParticipant participant;
  ApiNode node;
  HttpClient client = node.client();
};

}  // namespace sagactl::test
