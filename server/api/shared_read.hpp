// A read of the database that anybody may ask for, as often as they like: at most one of it is under way, and it answers
// all that asked before it began. So what it costs does not depend on how many ask.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "server/api/query_threads.hpp"
#include "server/http/await.hpp"

namespace sagactl::api {

template <class T>
class SharedRead {
 public:
  // `read` is called on one of the threads of `query_threads`, which it outlives.
  SharedRead(QueryThreads& query_threads, std::function<Result<T>()> read)
      : state_(std::make_shared<State>(query_threads, std::move(read))) {}

  // What a read that began after this says; `busy` when too many reads wait.
  boost::asio::awaitable<Result<T>> run() {
    auto start = [state = state_](Done done) { state->ask(std::move(done)); };
    co_return co_await http::await_callback<Result<T>>(std::move(start));
  }

 private:
  using Done = std::function<void(Result<T>)>;

  struct State : std::enable_shared_from_this<State> {
    State(QueryThreads& of, std::function<Result<T>()> how) : query_threads(of), read(std::move(how)) {}

    void ask(Done done) {
      {
        const std::lock_guard lock(mutex);
        asking.push_back(std::move(done));
        if (std::exchange(is_under_way, true)) return;
      }
      begin();
    }

    void begin() {
      if (query_threads.post([self = this->shared_from_this()] { self->work(); })) return;
      answer(take(), Error{ErrorCode::busy, "too many reads of the database are waiting; try again"});
    }

    void work() {
      std::vector<Done> asked;
      {
        const std::lock_guard lock(mutex);
        asked.swap(asking);
      }
      answer(std::move(asked), read());
      {
        const std::lock_guard lock(mutex);
        is_under_way = !asking.empty();
        if (!is_under_way) return;
      }
      begin();  // behind what others wait for
    }

    std::vector<Done> take() {
      const std::lock_guard lock(mutex);
      is_under_way = false;
      return std::exchange(asking, {});
    }

    static void answer(std::vector<Done> asked, const Result<T>& result) {
      for (const Done& done : asked) done(result);
    }

    QueryThreads& query_threads;
    const std::function<Result<T>()> read;
    std::mutex mutex;
    std::vector<Done> asking;
    bool is_under_way = false;
  };

  std::shared_ptr<State> state_;
};

}  // namespace sagactl::api
