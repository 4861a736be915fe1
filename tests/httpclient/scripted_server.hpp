// A server for tests: a thread per connection, with scripted answers of any bytes, which may be delayed or cut off.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sagactl {

struct Received {
  std::string method, path, body;
  std::map<std::string, std::string> headers;  // names in lower case
};

struct TestAnswer {
  std::string bytes;
  enum class After { keep, close, reset, silence } after = After::keep;  // silence: stays open without another answer
};

// An HTTP/1.1 answer with its Content-Length.
TestAnswer answer(int status, std::string_view body, std::string_view headers = {});
TestAnswer chunked_answer(int status, const std::vector<std::string>& chunks);

class ScriptedServer {
 public:
  // Called on the connections' threads, several at once; may block until `stopping`.
  using Handler = std::function<TestAnswer(const Received&)>;

  // `port` 0: any free one.
  explicit ScriptedServer(Handler handler, const std::string& host = "127.0.0.1", std::uint16_t port = 0);
  ~ScriptedServer();

  std::string url() const;
  std::uint16_t port() const { return port_; }
  std::uint64_t connections() const { return connections_; }
  // Until the clients have closed every connection that there was.
  void wait_until_all_are_closed();
  // While it is frozen, requests are read and answers are delayed.
  void freeze();
  void thaw();

 private:
  void accept_all();
  void serve(int fd);
  bool send_answer(int fd, const TestAnswer& answer);
  void wait_while_frozen();

  Handler handler_;
  const std::string host_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::uint64_t> connections_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool frozen_ = false;
  bool stopping_ = false;
  std::set<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A port of the loopback address at which nothing listens.
std::uint16_t closed_port();

}  // namespace sagactl
