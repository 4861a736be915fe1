#include "loadgen/sending/request_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "common/text/json.hpp"
#include "common/text/json_object.hpp"
#include "common/text/text.hpp"
#include "httpclient/content_coding.hpp"
#include "loadgen/profile/profile_headers.hpp"

namespace sagactl {
namespace {

constexpr std::string_view any_group = "00000000";
constexpr std::string_view any_price = "000.00";
constexpr std::size_t uuid_size = 36;
constexpr std::size_t number_size_max = 20;
constexpr std::string_view any_length = "        ";  // spaces before a number are not part of it (RFC 9110)

constexpr std::size_t token_growth_max = 256;
constexpr std::size_t first_fail_form = 2;

// Written before the profile's headers, which replace each of these.
std::string general_headers(const RequestWriterSetup& setup, const Url& target, const HttpProxy* proxy) {
  std::string text = " HTTP/1.1\r\n";
  const auto add = [&](const char* name, std::string_view value) {
    if (find_header(setup.profile, name) == nullptr) text += fmt::format("{}: {}\r\n", name, value);
  };
  add("Host", target.host_header());
  if (proxy && !proxy->authorization.empty()) add("Proxy-Authorization", proxy->authorization);
  add("Accept", "application/json");
  if (setup.compressed) add("Accept-Encoding", accepted_codings);
  if (setup.close) add("Connection", "close");
  return text;
}

std::string authorization_of(const std::string& token) {
  return token.empty() ? std::string() : fmt::format("Authorization: Bearer {}\r\n", token);
}

char* append(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Writes decimal digits that fill the field, with leading zeros.
void put_digits(char* field, std::size_t width, std::uint64_t value) {
  for (std::size_t i = width; i > 0; --i) {
    field[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

char* put_price(char* at, std::int64_t cents) {
  put_digits(at, 3, static_cast<std::uint64_t>(cents) / 100);
  at[3] = '.';
  put_digits(at + 4, 2, static_cast<std::uint64_t>(cents) % 100);
  return at + any_price.size();
}

char* put_number(char* at, std::uint64_t number) {
  return std::to_chars(at, at + number_size_max, number).ptr;
}

char* put_uuid(char* field, const Uuid& uuid) {
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *field++ = '-';
    *field++ = digits[uuid.bytes[i] >> 4];
    *field++ = digits[uuid.bytes[i] & 15];
  }
  return field;
}

}  // namespace

RequestWriter::RequestWriter(const RequestWriterSetup& setup)
    : plan_(setup.plan),
      correlation_key_(correlation_key(setup.plan.run)),
      method_(setup.profile.method + " "),
      has_authorization_(find_header(setup.profile, "Authorization") != nullptr) {
  const std::string* connection = find_header(setup.profile, "Connection");
  closes_ = connection ? lower(*connection) == "close" : setup.close;
  std::size_t target_max = 0;
  for (const Url& target : setup.targets) {
    // The proxy forwards what it can read, and needs the whole URL of that.
    const HttpProxy* const proxy = setup.proxy && !target.tls ? &*setup.proxy : nullptr;
    prefixes_.push_back((proxy ? "http://" + target.authority() : std::string()) + target.prefix);
    hosts_.push_back(general_headers(setup, target, proxy));
    target_max = std::max(target_max, prefixes_.back().size() + hosts_.back().size());
  }
  for (const CatalogueProduct& product : plan_.catalogue)
    catalogue_.push_back({json_escaped(product.id), product.id_is_number ? product.id : json_text(product.id),
                          json_escaped(product.name), product.price.text(), std::to_string(product.price.cents)});
  for (std::uint32_t item = 0; item < plan_.items; ++item) hot_ids_.push_back(hot_product_id(plan_.run, item));
  for (const LoadUser& user : setup.users) {
    users_.push_back({json_escaped(user.id), user.id_is_number ? user.id : json_text(user.id)});
    all_authorizations_.push_back(
        std::make_unique<const std::string>(has_authorization_ ? std::string() : authorization_of(user.token)));
    authorizations_.emplace_back(all_authorizations_.back().get());
    authorization_max_ = std::max(authorization_max_, all_authorizations_.back()->size() + token_growth_max);
  }
  forms_.push_back(make_form(setup.profile, OrderKind::single, nullptr));
  forms_.push_back(make_form(setup.profile, OrderKind::duplicate, nullptr));
  if (plan_.failure_variants.empty()) forms_.push_back(make_form(setup.profile, OrderKind::payment_fail, nullptr));
  for (const FailureVariant& variant : plan_.failure_variants)
    forms_.push_back(make_form(setup.profile, OrderKind::payment_fail, &variant));
  for (const RequestForm& form : forms_)
    size_max_ = std::max(size_max_, size_of(form.path) + size_of(form.headers) + size_of(form.body));
  size_max_ += method_.size() + target_max + authorization_max_ + any_length.size() + 32;
}

RequestWriter::RequestForm RequestWriter::make_form(const Profile& profile, OrderKind kind,
                                                    const FailureVariant* variant) const {
  RequestForm form;
  form.path = compile(profile.path, profile, kind, variant, 0);
  std::string headers;
  for (const auto& [name, value] : profile.headers) headers += fmt::format("{}: {}\r\n", name, value);
  form.headers = compile(headers, profile, kind, variant, 0);
  form.body = compile(profile.body, profile, kind, variant, 0);
  return form;
}

RequestWriter::Pieces RequestWriter::compile(const std::string& text, const Profile& profile, OrderKind kind,
                                             const FailureVariant* variant, std::uint32_t item) const {
  Pieces pieces;
  const auto add = [&pieces](RequestPiece piece) {
    const bool plain = piece.kind == RequestPiece::Kind::text && piece.field == TemplateField::text;
    if (plain && !pieces.empty() && pieces.back().field == TemplateField::text)
      pieces.back().text += piece.text;
    else
      pieces.push_back(std::move(piece));
  };
  const auto parsed =
      parse_template(with_custom_fields(text, profile.fields, variant ? variant->fields : CustomFields{}));
  if (!parsed) crash("the profile was not checked");
  for (const TemplatePiece& part : *parsed) {
    if (part.field == TemplateField::text) {
      RequestPiece plain;
      plain.text = part.text;
      add(std::move(plain));
    } else if (part.field == TemplateField::items) {
      for (std::uint32_t i = 0; i < plan_.items; ++i) {
        const std::string separated = (i > 0 ? "," : "") + profile.item;
        for (RequestPiece& piece : compile(separated, profile, kind, variant, i)) add(std::move(piece));
      }
    } else {
      add(make_piece(part.field, kind, variant, item));
    }
  }
  return pieces;
}

// Parts that are the same for every order of this form become text.
RequestWriter::RequestPiece RequestWriter::make_piece(TemplateField field, OrderKind kind,
                                                      const FailureVariant* variant, std::uint32_t item) const {
  RequestPiece piece;
  piece.field = field;
  piece.item = item;
  const auto numbered = [&](const std::string& id, const char* quote) {
    piece.kind = RequestPiece::Kind::numbered;
    piece.text = quote + id + quote;
    piece.number_at = piece.text.find(any_group, product_prefix(plan_.run).size());
  };
  const bool first = item == 0 && variant != nullptr;
  switch (field) {
    case TemplateField::product:
    case TemplateField::product_json:
      if (first && !variant->product.empty()) {
        piece.text = field == TemplateField::product ? json_escaped(variant->product) : json_text(variant->product);
        break;
      }
      numbered(product_id(plan_.run, kind, 0, item), field == TemplateField::product ? "" : "\"");
      if (!catalogue_.empty() || plan_.hot_share > 0) piece.kind = RequestPiece::Kind::product;
      return piece;
    case TemplateField::key:
      numbered(product_id(plan_.run, kind, 0, 0), "");
      return piece;
    case TemplateField::name:
      piece.text = json_escaped(first && !variant->name.empty() ? variant->name : std::string(product_name));
      if (!catalogue_.empty() && !(first && !variant->name.empty())) piece.kind = RequestPiece::Kind::name;
      break;
    case TemplateField::quantity:
      if (first && variant->quantity) {
        piece.text = std::to_string(*variant->quantity);
        break;
      }
      piece.kind = RequestPiece::Kind::quantity;
      return piece;
    case TemplateField::price:
    case TemplateField::cents:
      piece.kind = RequestPiece::Kind::price;
      return piece;
    case TemplateField::user:
    case TemplateField::user_json:
      piece.kind = RequestPiece::Kind::user;
      return piece;
    case TemplateField::run:
      piece.text = plan_.run;
      break;
    case TemplateField::correlation:
    case TemplateField::operation:
      return piece;
    case TemplateField::text:
    case TemplateField::items:
    case TemplateField::order:
      break;
  }
  if (piece.kind == RequestPiece::Kind::text) piece.field = TemplateField::text;
  return piece;
}

std::size_t RequestWriter::size_of(const Pieces& pieces) const {
  std::size_t dynamic = std::max(uuid_size, number_size_max);
  for (const CatalogueText& it : catalogue_)
    dynamic = std::max({dynamic, it.id_json.size() + 2, it.name.size(), it.price.size()});
  for (const UserText& it : users_) dynamic = std::max(dynamic, it.id_json.size());
  for (const std::string& it : hot_ids_) dynamic = std::max(dynamic, it.size() + 2);
  std::size_t size = 0;
  for (const RequestPiece& piece : pieces)
    size += piece.field == TemplateField::text ? piece.text.size() : std::max(dynamic, piece.text.size());
  return size;
}

bool RequestWriter::renew(std::size_t user, const std::string& token) {
  if (has_authorization_) return true;
  auto authorization = std::make_unique<const std::string>(authorization_of(token));
  if (authorization->size() > authorization_max_) return false;
  // Another thread may be copying the old one, so all are kept until the end.
  all_authorizations_.push_back(std::move(authorization));
  authorizations_[user].store(all_authorizations_.back().get(), std::memory_order_release);
  return true;
}

const RequestWriter::RequestForm& RequestWriter::form_of(const PlannedOrder& order) const {
  if (order.kind != OrderKind::payment_fail) return forms_[static_cast<std::size_t>(order.kind)];
  return forms_[first_fail_form + order.group % (forms_.size() - first_fail_form)];
}

const RequestWriter::CatalogueText& RequestWriter::catalogue_text(const PlannedOrder& order, std::uint32_t item) const {
  return catalogue_[plan_.place_of(order.kind, order.group, item)];
}

char* RequestWriter::put_product(char* at, const RequestPiece& piece, const PlannedOrder& order) const {
  const bool as_json = piece.field == TemplateField::product_json;
  if (!catalogue_.empty()) {
    const CatalogueText& product = catalogue_text(order, piece.item);
    return append(at, as_json ? product.id_json : product.id);
  }
  if (plan_.is_hot(order.kind, order.group)) {
    if (as_json) *at++ = '"';
    at = append(at, hot_ids_[piece.item]);
    if (as_json) *at++ = '"';
    return at;
  }
  put_digits(at + piece.number_at, any_group.size(), order.group);
  std::memcpy(at, piece.text.data(), piece.number_at);
  const std::size_t rest = piece.number_at + any_group.size();
  return append(at + rest, std::string_view(piece.text).substr(rest));
}

char* RequestWriter::put_field(char* at, const RequestPiece& piece, const PlannedOrder& order) const {
  switch (piece.kind) {
    case RequestPiece::Kind::text:
      if (piece.field == TemplateField::correlation)
        return put_uuid(at, correlation_of(correlation_key_, order.operation));
      return put_number(at, order.operation);
    case RequestPiece::Kind::numbered: {
      char* end = append(at, piece.text);
      put_digits(at + piece.number_at, any_group.size(), order.group);
      return end;
    }
    case RequestPiece::Kind::product:
      return put_product(at, piece, order);
    case RequestPiece::Kind::name:
      return append(at, catalogue_text(order, piece.item).name);
    case RequestPiece::Kind::price: {
      const bool in_cents = piece.field == TemplateField::cents;
      if (!catalogue_.empty()) {
        const CatalogueText& product = catalogue_text(order, piece.item);
        return append(at, in_cents ? product.cents : product.price);
      }
      const std::int64_t cents = item_terms(plan_.seed, order.group, piece.item).cents;
      return in_cents ? put_number(at, static_cast<std::uint64_t>(cents)) : put_price(at, cents);
    }
    case RequestPiece::Kind::quantity:
      return put_number(at, static_cast<std::uint64_t>(item_terms(plan_.seed, order.group, piece.item).quantity));
    case RequestPiece::Kind::user:
      return append(at, piece.field == TemplateField::user ? users_[order.user].id : users_[order.user].id_json);
  }
  return at;
}

char* RequestWriter::put(char* at, const Pieces& pieces, const PlannedOrder& order) const {
  for (const RequestPiece& piece : pieces)
    at = piece.field == TemplateField::text ? append(at, piece.text) : put_field(at, piece, order);
  return at;
}

std::size_t RequestWriter::write(const PlannedOrder& order, char* out) const {
  const RequestForm& form = form_of(order);
  char* at = append(out, method_);
  at = append(at, prefixes_[order.target]);
  at = put(at, form.path, order);
  at = append(at, hosts_[order.target]);
  at = append(at, *authorizations_[order.user].load(std::memory_order_acquire));
  at = put(at, form.headers, order);
  at = append(at, "Content-Length:");
  char* length = at;
  at = append(at, any_length);
  at = append(at, "\r\n\r\n");
  const char* body = at;
  at = put(at, form.body, order);
  // Right-aligned in the spaces.
  char digits[number_size_max];
  const char* end = put_number(digits, static_cast<std::uint64_t>(at - body));
  const auto count = static_cast<std::size_t>(end - digits);
  std::memcpy(length + any_length.size() - count, digits, count);
  return static_cast<std::size_t>(at - out);
}

}  // namespace sagactl
