// What the answers of a server mean.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

struct StatusRange {
  int first = 0, last = 0;
  bool holds(int status) const { return status >= first && status <= last; }
};
using StatusRanges = std::vector<StatusRange>;

// Where a text is found in an answer: in a header, or in a body that need not be JSON.
struct TextLocation {
  std::string header = {};  // empty: the body
  // The text starts after the last `after` and ends before the next `before`. Without both: for a header that is a URL,
  // its last path segment; otherwise the complete header or body.
  std::string after = {}, before = {};
  friend bool operator==(const TextLocation&, const TextLocation&) = default;
};

// What is wrong with a JSON pointer to something within a value, "/a/0" (RFC 6901); "" if nothing is.
std::string json_pointer_fault(std::string_view pointer);

// Matches an answer in which the value at a JSON pointer, or of a header, is one of `values`; without values, any but
// an empty one, null, false and an empty list or object.
struct AnswerMarker {
  std::string pointer;
  std::vector<std::string> values = {};
  std::string header = {};  // instead of the pointer
};

// JSON pointers (RFC 6901) into the answer; the first of several that exists counts. "" for the order id: the body is
// the id and nothing else.
struct AnswerShape {
  std::vector<std::string> order, correlation, status, total;
  std::vector<TextLocation> order_texts = {};  // used when no pointer finds the order's id
  bool ids_are_uuids = false;                  // other values are not ids
  bool is_graphql = false;                     // an answer with `errors` refuses, whatever its status
  bool names_orders() const { return !order.empty() || !order_texts.empty(); }
};

// What an answer's HTTP status means, in this order of precedence. Statuses in none: below 500 rejected, otherwise
// indeterminate. Our own nodes answer 503 only where nothing was done.
struct OutcomeRules {
  StatusRanges duplicate = {{409, 409}};
  std::vector<AnswerMarker> duplicate_markers;  // one of them must match too; empty: the status suffices
  StatusRanges accepted = {{200, 299}};
  std::vector<AnswerMarker> rejected_markers = {};  // an answer that one of them matches is neither
  StatusRanges rejected = {{400, 499}, {503, 503}};
  // Of the indeterminate ones: an order with such an answer may take effect. A gateway does not know what was done.
  StatusRanges unclear = {{502, 502}, {504, 504}};
};

}  // namespace sagactl
