// Conditional requests (RFC 9110, section 13): If-Match and If-None-Match.
#pragma once

#include <string>
#include <string_view>

#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

// The value of If-Match or If-None-Match, of all of its header lines.
class Condition {
 public:
  Condition(const Request& request, std::string_view lower_case_name);

  bool given() const { return given_; }
  bool any() const { return any_; }  // "*"
  // Whether one of its tags is `etag`. The strong comparison needs both to be strong, since weak tags do not promise
  // the same bytes.
  bool has_strongly(std::string_view etag) const;
  bool has_weakly(std::string_view etag) const;

  struct Tag {
    bool weak = false;
    std::string_view opaque;  // with its quotes
  };
  const std::vector<Tag>& tags() const { return tags_; }  // well-formed ones

 private:
  bool given_ = false;
  bool any_ = false;
  std::vector<Tag> tags_;  // views of the request's headers
};

// An ETag of this body, by its digest. Weak, since a proxy may change the bytes, and no route changes anything by it.
std::string etag_of(std::string_view body);

// After a GET or HEAD: gives a JSON answer an ETag unless it has one, and a Cache-Control that requires revalidation.
// Makes it, or another answer that has an ETag, a 304 when If-None-Match has its tag, and a 412 when If-Match does not.
void make_conditional(const Request& request, Response& response);

// Called before anything is changed. A condition that the route does not support must not be ignored, so that it counts
// as not met. The message for a condition that is not met; "" when there is none.
std::string_view unmet_condition(const Request& request);

}  // namespace sagactl::http
