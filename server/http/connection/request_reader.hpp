// Reads requests from bytes: Beast's parser over one growing buffer, which also holds what was pipelined after the
// current request.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "server/http/message/request.hpp"
#include "server/http/server.hpp"

namespace sagactl::http {

class RequestReader {
 public:
  enum class ReadState {
    need_more,  // read into space()
    complete,   // the request is complete; next() starts the one after it
    failed,     // see failure(); nothing more can be read
  };
  struct ReadFailure {
    int status;
    std::string_view reason;  // of static storage
  };

  // `router`, when there is one, outlives the reader and says which routes have a limit of their own for bodies.
  explicit RequestReader(const Limits& limits, const Router* router = nullptr);
  ~RequestReader();

  // Space for at least one byte; filled() reports how much of it was used.
  std::span<char> space();
  void filled(std::size_t count) { end_ += count; }

  // Parses the available bytes into the current request.
  ReadState parse();
  void next();

  // Sets the failure from outside: the request arrived too slowly.
  void fail_with(int status, std::string_view reason) { failure_ = {status, reason}; }

  // After a failure, or instead of parse(): searches the raw bytes for the header Origin, which the answer must name
  // for a web page to see it. False when more bytes are needed.
  bool find_origin();

  Request& request() { return request_; }
  const ReadFailure& failure() const { return failure_; }
  bool has_begun() const;                           // at least one byte of the request has arrived
  bool has_more() const { return begin_ != end_; }  // bytes after the current request
  bool keep_alive() const;                          // of a complete request
  bool is_http_1_0() const;
  bool wants_continue();  // once, when the client waits for "100 Continue" before it sends the body

 private:
  class BeastParser;
  ReadState fail(int status, std::string_view reason);
  ReadState check_head();

  const Limits limits_;
  const Router* const router_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t put_from_ = 0;    // start of the bytes that were parsed last
  std::size_t wire_bytes_ = 0;  // of the current request: head and body as sent
  Request request_;
  ReadFailure failure_{};
  bool head_checked_ = false;
  bool continue_sent_ = false;
  std::unique_ptr<BeastParser> parser_;
};

}  // namespace sagactl::http
