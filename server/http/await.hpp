// Waiting in a handler for a callback that another thread makes (the engine's commit, for one).
#pragma once

#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace sagactl::http {

// Runs `start(done)` and suspends until `done(value)` has been called, by any thread, once (further calls do
// nothing; it may be called before `start` returns). Resumes on the executor of the awaiting coroutine. When
// all copies of `done` are dropped without a call, the awaiting coroutine is destroyed on its executor.
//
//   auto start = [&](std::function<void(Result<Placed>)> done) { engine.submit(command, std::move(done)); };
//   Result<Placed> placed = co_await await_callback<Result<Placed>>(std::move(start));
template <class T, class Start>
boost::asio::awaitable<T> await_callback(Start start) {
  namespace asio = boost::asio;
  auto initiate = [](auto handler, Start begin) {
    using Resume = decltype(handler);
    struct Once {
      explicit Once(Resume r) : resume(std::move(r)) {}
      Resume resume;
      std::atomic<bool> called{false};
    };
    auto once = std::make_shared<Once>(std::move(handler));
    begin(std::function<void(T)>([once = std::move(once)](T value) {
      if (once->called.exchange(true)) return;
      auto executor = asio::get_associated_executor(once->resume);
      asio::post(executor, [resume = std::move(once->resume), result = std::move(value)]() mutable {
        std::move(resume)(std::move(result));
      });
    }));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      initiate, asio::use_awaitable, std::move(start));
}

}  // namespace sagactl::http
