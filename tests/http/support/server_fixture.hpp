// A server with handlers that answer, wait, use a worker thread, or throw.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "common/log.hpp"
#include "server/http/await.hpp"
#include "server/http/router.hpp"
#include "server/http/workers.hpp"
#include "tests/http/support/raw_client.hpp"

namespace sagactl::http::testing {

// Holds the callbacks of waiting requests until the test releases them.
class Gate {
 public:
  void arrive(std::function<void(int)> done) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(done));
    arrived_.notify_all();
  }
  void await_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return waiting_.size() >= count; });
  }
  void open() {
    std::vector<std::function<void(int)>> released;
    {
      const std::lock_guard lock(mutex_);
      released.swap(waiting_);
    }
    for (auto& done : released) done(7);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::function<void(int)>> waiting_;
};

inline void add(Router& router, Method method, const char* pattern, Handler handler,
                RouteAccess access = RouteAccess::anyone) {
  router.add({method, pattern, access, std::move(handler), "", "", 0});
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    set_log_sink([](std::string_view) {});
  }
  ~ServerTest() override { set_log_sink({}); }

  // Handlers that echo, wait at the gate, throw, use a worker thread, and send a large answer.
  Router routes() {
    Router router;
    add(router, Method::get, "/n/{n}",
        [](Request& request) -> Answer { return text_response(200, std::string(request.parameter("n"))); });
    add(router, Method::post, "/echo", [](Request& request) -> Answer { return text_response(200, request.body); });
    add(router, Method::get, "/gate", [this](Request&) -> boost::asio::awaitable<Answer> {
      auto start = [this](std::function<void(int)> done) { gate.arrive(std::move(done)); };
      const int value = co_await await_callback<int>(std::move(start));
      co_return text_response(200, std::to_string(value));
    });
    add(router, Method::get, "/worker", [this](Request&) -> boost::asio::awaitable<Answer> {
      auto work = []() -> Result<std::string> { return std::string("from a worker"); };
      Result<std::string> text = co_await workers.run(std::move(work));
      if (!text) co_return text.error();
      co_return text_response(200, *text);
    });
    add(router, Method::get, "/worker-throws", [this](Request&) -> boost::asio::awaitable<Answer> {
      auto work = []() -> Result<int> { throw std::runtime_error("inside"); };
      Result<int> number = co_await workers.run(std::move(work));
      co_return text_response(200, std::to_string(*number));
    });
    add(router, Method::get, "/throws", [](Request&) -> Answer { throw std::runtime_error("oops"); });
    add(router, Method::get, "/big",
        [](Request&) -> Answer { return text_response(200, std::string(8'000'000, 'x')); });
    add(router, Method::get, "/forges", [](Request&) -> Answer {
      Response response = text_response(200, "x");
      response.headers.push_back({"Location", "/a\r\nSet-Cookie: stolen=1"});
      return response;
    });
    add(router, Method::get, "/trace", [](Request& request) -> Answer {
      return text_response(200, request.trace.traceparent() + " " + request.correlation_id);
    });
    add(
        router, Method::get, "/local", [](Request&) -> Answer { return text_response(200, "in"); },
        RouteAccess::loopback_only);
    return router;
  }

  Gate gate;
  Workers workers{{.name = "test", .threads = 2, .queue_max = 8}};
};

}  // namespace sagactl::http::testing
