// A server of HTTP/2 with prior knowledge for tests: a thread per connection, answers as told.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sagactl {

struct Http2Request {
  std::map<std::string, std::string> headers;  // with :method, :path, :scheme and :authority
  std::string body;
};

struct Http2Answer {
  int status = 201;
  std::string body = {};
  std::map<std::string, std::string> headers = {};
  std::uint32_t reset = 0;  // not 0: the stream is reset by this error, without an answer
};

struct Http2ServerOptions {
  std::uint32_t streams_max = 100;  // of a connection
  // Requests after which a connection takes no more (GOAWAY); 0: it takes all.
  std::uint32_t requests_max = 0;
  // Answers are held back until so many streams of a connection are open; 0: they are not.
  std::size_t holds_until = 0;
};

class Http2Server {
 public:
  using Handler = std::function<Http2Answer(const Http2Request&)>;

  explicit Http2Server(Handler handler, Http2ServerOptions options = {});
  ~Http2Server();
  Http2Server(const Http2Server&) = delete;
  Http2Server& operator=(const Http2Server&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::size_t connections() const { return connections_; }
  std::size_t streams_most() const { return streams_most_; }  // open at once on one connection

 private:
  class Connection;
  void accept_all();

  const Handler handler_;
  const Http2ServerOptions options_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_ = 0, streams_most_ = 0;
  std::mutex mutex_;
  std::vector<int> open_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sagactl
