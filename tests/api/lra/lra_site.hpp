// A node as clients of LRAs see it, and participants that record their calls and answer as the test says.
#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "server/saga/lra_definition.hpp"
#include "tests/api/support/api_node.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl::test {

struct LraCall {
  std::string method, target, body;
  std::map<std::string, std::string> headers;  // by their names in lower case
};

struct LraAnswer {
  int status = 200;
  std::string body = {}, headers = {};
  bool breaks = false;  // the connection, instead of an answer
};

class LraParticipants {
 public:
  // The next answers to calls of "PUT /a/complete"; after the last one of them, an empty 200.
  void script(const std::string& what, std::deque<LraAnswer> answers);
  std::string url(const std::string& path = "") const { return server_.url() + path; }
  std::vector<std::string> order() const;  // "PUT /a/complete", in the order of the calls
  std::vector<LraCall> calls(const std::string& what) const;
  void await_calls(const std::string& what, std::size_t count) const;

 private:
  TestAnswer respond(const Received& request);
  std::vector<LraCall> calls_of(const std::string& what) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable called_;
  std::map<std::string, std::deque<LraAnswer>> scripts_;
  std::vector<LraCall> calls_;
  ScriptedServer server_{[this](const Received& request) { return respond(request); }};
};

class LraSite : public testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // `path` is below the coordinator, or an absolute URL of it.
  HttpResponse send(const std::string& method, const std::string& path, const std::string& body = "",
                    const Headers& headers = {});
  HttpResponse put(const std::string& path, const std::string& body = "", const Headers& headers = {}) {
    return send("PUT", path, body, headers);
  }
  std::string get(const std::string& path);          // the body of a 200
  std::string start(const std::string& query = "");  // the id of a new LRA
  // "/a": links to /a/compensate, /a/complete, and those of `more`: status, forget, after.
  std::string link(const std::string& path, const std::vector<std::string>& more = {}) const;
  HttpResponse join(const std::string& id, const std::string& path, const std::vector<std::string>& more = {}) {
    return put(id, "", {{"Link", link(path, more)}});
  }
  void await_status(const std::string& id, const std::string& status);
  static std::string saga_of(const std::string& id) { return saga_of_lra_id(id).value().text(); }
  Json saga_json(const std::string& id) { return admin.get("/sagas/" + saga_of(id))->json().value(); }

  LraParticipants participants;
  ApiNode node;
  HttpClient client = node.client(), admin = node.admin();
};

}  // namespace sagactl::test
