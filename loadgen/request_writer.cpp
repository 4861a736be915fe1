#include "loadgen/request_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace sagactl {
namespace {

constexpr std::string_view any_group = "00000000";
constexpr std::string_view any_price = "000.00";
constexpr std::string_view any_correlation = "00000000-0000-0000-0000-000000000000";

constexpr std::size_t token_growth_max = 256;

std::string authorization_of(const std::string& token) {
  return fmt::format("Authorization: Bearer {}\r\n", token);
}

char* append(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Decimal digits, from the right, as many as fill the field.
void put_digits(char* field, std::size_t width, std::uint64_t value) {
  for (std::size_t i = width; i > 0; --i) {
    field[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

void put_price(char* field, std::int64_t cents) {
  put_digits(field, 3, static_cast<std::uint64_t>(cents) / 100);
  put_digits(field + 4, 2, static_cast<std::uint64_t>(cents) % 100);
}

void put_uuid(char* field, const Uuid& uuid) {
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++field;  // the hyphens stand there already
    *field++ = digits[uuid.bytes[i] >> 4];
    *field++ = digits[uuid.bytes[i] & 15];
  }
}

}  // namespace

RequestWriter::Kind RequestWriter::make_kind(const Run& run, OrderKind kind) {
  Kind made;
  std::string body = R"({"items":[)";
  for (std::uint32_t item = 0; item < run.items; ++item) {
    Item places{};
    const std::string id = product_id(run.id, kind, 0, item);
    if (item > 0) body += ',';
    body += R"({"productId":")";
    places.group = body.size() + id.find(any_group, product_prefix(run.id).size());
    body += id + R"(","productName":"Load test product","quantity":)";
    places.quantity = body.size();
    body += R"(0,"price":)";
    places.price = body.size();
    body += any_price;
    body += '}';
    made.items.push_back(places);
  }
  body += R"(],"shippingAddress":"Load test street 1"})";
  made.text =
      fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\nX-Correlation-ID: ", body.size());
  made.correlation = made.text.size();
  made.text += any_correlation;
  made.text += "\r\n\r\n";
  for (Item& item : made.items) {
    item.group += made.text.size();
    item.quantity += made.text.size();
    item.price += made.text.size();
  }
  made.text += body;
  return made;
}

RequestWriter::RequestWriter(const Run& run) : seed_(run.seed), correlation_key_(correlation_key(run.id)) {
  std::size_t start = 0;
  std::size_t text = 0;
  for (const Url& target : run.targets) {
    starts_.push_back(fmt::format("POST {}/orders HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n",
                                  target.prefix, target.authority()));
    start = std::max(start, starts_.back().size());
  }
  for (const std::string& token : run.tokens) {
    all_authorizations_.push_back(std::make_unique<const std::string>(authorization_of(token)));
    authorizations_.emplace_back(all_authorizations_.back().get());
    authorization_max_ = std::max(authorization_max_, all_authorizations_.back()->size() + token_growth_max);
  }
  for (const auto kind : {OrderKind::single, OrderKind::duplicate, OrderKind::payment_fail}) {
    kinds_.push_back(make_kind(run, kind));
    text = std::max(text, kinds_.back().text.size());
  }
  size_max_ = start + authorization_max_ + text;
}

bool RequestWriter::renew(std::size_t user, const std::string& token) {
  auto authorization = std::make_unique<const std::string>(authorization_of(token));
  if (authorization->size() > authorization_max_) return false;
  // A thread may be copying the old one: all stay until the end.
  all_authorizations_.push_back(std::move(authorization));
  authorizations_[user].store(all_authorizations_.back().get(), std::memory_order_release);
  return true;
}

std::size_t RequestWriter::write(const Order& order, char* out) const {
  const Kind& kind = kinds_[static_cast<std::size_t>(order.kind)];
  char* at = append(out, starts_[order.target]);
  at = append(at, *authorizations_[order.user].load(std::memory_order_acquire));
  char* text = at;
  at = append(at, kind.text);
  put_uuid(text + kind.correlation, correlation_of(correlation_key_, order.operation));
  for (std::size_t i = 0; i < kind.items.size(); ++i) {
    const ItemTerms terms = item_terms(seed_, order.group, static_cast<std::uint32_t>(i));
    put_digits(text + kind.items[i].group, any_group.size(), order.group);
    put_digits(text + kind.items[i].quantity, 1, static_cast<std::uint64_t>(terms.quantity));
    put_price(text + kind.items[i].price, terms.cents);
  }
  return static_cast<std::size_t>(at - out);
}

}  // namespace sagactl
