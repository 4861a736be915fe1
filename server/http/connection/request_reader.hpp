// Bytes in, requests out: Beast's parser over one growing buffer, which also holds what was pipelined after
// the current request.
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
  enum class State {
    need_more,  // read into space()
    complete,   // the request is whole; next() goes on to the one after it
    failed,     // see failure(); nothing more can be read
  };
  struct Failure {
    int status;
    std::string_view reason;  // of static storage
  };

  explicit RequestReader(const Limits& limits);
  ~RequestReader();

  // Room for at least one byte, and what to call when some of it has been filled.
  std::span<char> space();
  void filled(std::size_t count) { end_ += count; }

  // Parses what there is into the request that is being read.
  State parse();
  void next();

  // Says from outside why the request cannot be read (it came too slowly).
  void fail_with(int status, std::string_view reason) { failure_ = {status, reason}; }

  // After a failure, or instead of parse(): looks for the request's Origin in its bytes as they came, since a page is
  // shown an answer only when that names its origin. True when there is nothing more to look for; else read on.
  bool look_for_origin();

  Request& request() { return request_; }
  const Failure& failure() const { return failure_; }
  bool has_begun() const;                           // at least one byte of the request has come
  bool has_more() const { return begin_ != end_; }  // bytes after the current request
  bool keep_alive() const;                          // of a complete request
  bool is_http_1_0() const;
  bool wants_continue();  // once, when the client waits for "100 Continue" before it sends the body

 private:
  class Parser;
  State fail(int status, std::string_view reason);
  State check_head();

  const Limits limits_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t put_from_ = 0;  // where the bytes that were parsed last begin
  std::size_t wire_bytes_ = 0;  // of the current request, head and body as they were sent
  Request request_;
  Failure failure_{};
  bool head_checked_ = false;
  bool continue_told_ = false;
  std::unique_ptr<Parser> parser_;
};

}  // namespace sagactl::http
