// Conditional requests, as RFC 9110 has them (section 13): a client that says which version it has seen.
#pragma once

#include <string_view>

#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

// What If-Match or If-None-Match says, over all of its lines.
class Condition {
 public:
  Condition(const Request& request, std::string_view lower_case_name);

  bool given() const { return given_; }
  bool any() const { return any_; }  // "*": whatever there is
  // Whether one of its tags is `etag`. Strongly: both are the same and neither is weak; of weak ones it is not said
  // that they stand for the same bytes.
  bool has_strongly(std::string_view etag) const;
  bool has_weakly(std::string_view etag) const;

  struct Tag {
    bool weak = false;
    std::string_view opaque;  // with its quotes
  };
  const std::vector<Tag>& tags() const { return tags_; }  // those that are well-formed

 private:
  bool given_ = false;
  bool any_ = false;
  std::vector<Tag> tags_;  // of the request's own text
};

// After a GET or HEAD: a JSON answer gets an ETag unless it has one, and a Cache-Control that has it asked for anew
// each time; it becomes a 304 when If-None-Match has its tag, and a 412 when If-Match does not have it.
void make_conditional(const Request& request, Response& response);

// Before anything is changed. A condition that the route does not look at must not be passed over, so it counts as not
// met: what is wrong, in words, or nothing.
std::string_view unmet_condition(const Request& request);

}  // namespace sagactl::http
