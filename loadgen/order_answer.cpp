#include "loadgen/order_answer.hpp"

namespace sagactl {
namespace {

// Walks over the members of a JSON object. Values come as their text: that of a string without its quotes and
// with its escapes, which no member that matters here has.
class Members {
 public:
  explicit Members(std::string_view text) : rest_(text) {
    skip_space();
    good_ = take('{');
  }

  struct Member {
    std::string_view name, value;
    bool is_string = false;
  };
  std::optional<Member> next() {
    skip_space();
    if (!good_ || (!first_ && !take(','))) return std::nullopt;
    first_ = false;
    skip_space();
    Member member;
    member.name = string();
    skip_space();
    good_ = good_ && take(':');
    skip_space();
    if (!good_ || rest_.empty()) return std::nullopt;
    member.is_string = rest_.front() == '"';
    member.value = member.is_string ? string() : other();
    if (!good_) return std::nullopt;
    return member;
  }

 private:
  void skip_space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\t')) {
      rest_.remove_prefix(1);
    }
  }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view string() {
    good_ = good_ && take('"');
    std::size_t end = 0;
    while (good_ && end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    if (!good_ || end >= rest_.size()) {
      good_ = false;
      return {};
    }
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  // A number, a word, or a whole object or array.
  std::string_view other() {
    const std::string_view begin = rest_;
    int depth = 0;
    while (good_ && !rest_.empty()) {
      const char c = rest_.front();
      if (c == '"') {
        string();
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      rest_.remove_prefix(1);
      if (depth == 0 && (c == '}' || c == ']')) break;
    }
    if (rest_.empty()) good_ = false;  // at least the object's own end must follow
    return begin.substr(0, begin.size() - rest_.size());
  }

  std::string_view rest_;
  bool good_ = false;
  bool first_ = true;
};

Uuid uuid_or_nil(std::string_view text) {
  return Uuid::parse(text).value_or(Uuid{});
}

std::optional<Money> money_of(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  const auto money = parse_money(text);
  if (!money) return std::nullopt;
  return *money;
}

}  // namespace

OrderAnswer read_order_answer(std::string_view body) {
  OrderAnswer answer;
  Uuid existing;
  Members members(body);
  while (const auto member = members.next()) {
    const std::string_view name = member->name;
    if (name == "totalAmount") answer.total = money_of(member->value);
    if (!member->is_string) continue;
    if (name == "id") {
      answer.order = uuid_or_nil(member->value);
    } else if (name == "existingOrderId") {
      existing = uuid_or_nil(member->value);
    } else if (name == "correlationId") {
      answer.correlation = uuid_or_nil(member->value);
    } else if (name == "status") {
      answer.status = parse_claimed_status(member->value).value_or(ClaimedStatus::other);
    } else if (name == "error") {
      answer.is_duplicate |= member->value == "DUPLICATE_ORDER";
    } else if (name == "code") {
      answer.is_duplicate |= member->value == "ORDER_ALREADY_EXISTS";
    }
  }
  if (answer.order.is_nil()) answer.order = existing;
  return answer;
}

RequestOutcome outcome_of(int http_status, const OrderAnswer& answer) {
  if (http_status >= 200 && http_status < 300) return RequestOutcome::accepted;
  if (http_status == 409 && answer.is_duplicate) return RequestOutcome::duplicate;
  if (http_status >= 500 && http_status != 503) return RequestOutcome::indeterminate;
  return RequestOutcome::rejected;
}

}  // namespace sagactl
