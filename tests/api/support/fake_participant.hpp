// A participant of users' sagas in this process, called over real HTTP. It answers what the test says.
#pragma once

#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/http/server.hpp"

namespace sagactl::test {

struct SeenCall {
  std::string what;  // "POST /bookings"
  std::string body;
  std::map<std::string, std::string> headers;  // by their names in lower case
};

class FakeParticipant {
 public:
  FakeParticipant();
  ~FakeParticipant();

  std::string url() const;

  // The answer to all calls whose method and path begin with `what`, from now on; the last that fits counts. Without
  // one: 200 {"id":"b-1"}.
  void answer(const std::string& what, int status, std::string body = "{}", std::vector<http::Header> headers = {});

  std::vector<SeenCall> calls(const std::string& what = "") const;  // those that begin so
  // Waits for a call that begins so, and returns the last one.
  SeenCall await(const std::string& what) const;

 private:
  struct Rule {
    std::string what;
    int status = 200;
    std::string body;
    std::vector<http::Header> headers;
  };
  http::Response respond(const http::Request& request);

  std::vector<SeenCall> calls_of(const std::string& what) const;  // with the lock held

  mutable std::mutex mutex_;
  mutable std::condition_variable called_;
  std::vector<Rule> rules_;
  std::vector<SeenCall> calls_;
  boost::asio::io_context io_{1};
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace sagactl::test
