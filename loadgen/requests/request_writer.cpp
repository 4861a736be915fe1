#include "loadgen/requests/request_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "common/text/json.hpp"
#include "common/text/json_object.hpp"
#include "common/text/text.hpp"
#include "httpclient/basic_auth.hpp"
#include "httpclient/content_coding.hpp"
#include "loadgen/profile/profile_headers.hpp"

namespace sagactl {
namespace {

constexpr std::string_view any_price = "000.00";

// Writes decimal digits that fill the field, with leading zeros.
void put_digits(char* field, std::size_t width, std::uint64_t value) {
  for (std::size_t i = width; i > 0; --i) {
    field[i - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

char* put_decimal_price(char* at, std::int64_t cents) {
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

// Version 4 (RFC 9562).
Uuid random_uuid(Random& random) {
  Uuid uuid;
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t bits = random.next();
    std::memcpy(uuid.bytes.data() + half * sizeof bits, &bits, sizeof bits);
  }
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
  return uuid;
}

// An address that a server named, as a path: without scheme and host, and without what would end the request's line.
char* put_address(char* at, std::string_view address) {
  const std::size_t scheme = address.find("://");
  if (scheme != std::string_view::npos && address.find('/') == scheme + 1) {
    const std::size_t path = address.find('/', scheme + 3);
    address = path == std::string_view::npos ? std::string_view("/") : address.substr(path);
  }
  address = address.substr(0, address.find('#'));
  if (!address.starts_with('/')) *at++ = '/';
  for (const char c : address)
    if (static_cast<unsigned char>(c) > ' ' && c != '\x7F') *at++ = c;
  return at;
}

JourneyStep creating_step_of(const Profile& profile) {
  JourneyStep step;
  step.method = profile.method;
  step.path = profile.path;
  step.headers = profile.headers;
  step.body = profile.body;
  step.is_form = profile.journey.create_is_form;
  return step;
}

}  // namespace

RequestWriter::RequestWriter(const RequestWriterSetup& setup)
    : plan_(setup.plan),
      correlation_key_(correlation_key(setup.plan.run)),
      data_(setup.profile.journey.data),
      has_cookies_(setup.profile.journey.cookies != CookieUse::none),
      closes_(setup.close),
      spells_kept_(setup.spells_kept),
      targets_(setup.targets) {
  const Journey& journey = setup.profile.journey;
  if (const std::string* connection = find_header(setup.profile.headers, "Connection"))
    closes_ = lower(*connection) == "close";
  for (const Url& target : targets_) prefixes_.push_back(path_prefix(target, setup.proxy));
  for (const CatalogueProduct& product : plan_.catalogue)
    catalogue_.push_back({product.id, product.id_is_number ? product.id : json_text(product.id), product.name,
                          product.price.text(), std::to_string(product.price.cents)});
  for (std::uint32_t item = 0; item < plan_.items; ++item) hot_ids_.push_back(hot_product_id(plan_.run, item));
  std::vector<UserState> states;
  std::size_t authorization_max = 0;
  for (const LoadUser& user : setup.users) {
    users_.push_back({user.id, user.id_is_number ? user.id : json_text(user.id)});
    states.emplace_back();
    if (!user.token.empty()) states.back().authorization = authorization_line("Bearer " + user.token);
    states.back().values.resize(kept_names(journey, KeptScope::user).size());
    authorization_max = std::max(authorization_max, states.back().authorization.size());
  }
  states_ = std::make_unique<UserStates>(std::move(states));
  run_values_.resize(kept_names(journey, KeptScope::run).size());
  field_size_max_ = longest_field();
  const FormCompiler forms({setup.profile, plan_, targets_, setup.proxy, setup.compressed, closes_, field_size_max_});
  for (const JourneyStep& step : journey.before) steps_.push_back(forms.compile(step));
  creating_step_ = steps_.size();
  steps_.push_back(forms.compile(creating_step_of(setup.profile)));
  for (const JourneyStep& step : journey.after) steps_.push_back(forms.compile(step));
  for (const JourneyStep& step : journey.set_up) set_up_.push_back(forms.compile(step));
  for (const JourneyStep& step : journey.tear_down) tear_down_.push_back(forms.compile(step));
  for (const JourneyStep& step : journey.log_in.requests) log_in_.push_back(forms.compile(step));
  PieceCompiler compiler(setup.profile, plan_, OrderKind::single, nullptr);
  authorization_ = compiler.compile(journey.log_in.authorization, Escape::header);
  basic_user_ = compiler.compile(journey.log_in.basic_user, Escape::none);
  basic_password_ = compiler.compile(journey.log_in.basic_password, Escape::none);
  for (const StepForms& step : steps_)
    for (const RequestForm& form : step) size_max_ = std::max(size_max_, form.size);
  size_max_ += authorization_max;
}

// Of what is known beforehand.
std::size_t RequestWriter::longest_field() const {
  std::size_t longest = std::max(uuid_size, number_size_max);
  for (const CatalogueText& it : catalogue_)
    longest = std::max({longest, it.id_json.size() + 2, it.name.size(), it.price.size()});
  for (const UserText& it : users_) longest = std::max(longest, it.id_json.size());
  for (const std::string& it : hot_ids_) longest = std::max(longest, it.size() + 2);
  return longest;
}

std::size_t RequestWriter::growth_of(const RequestPieces& pieces, const PlannedOrder& order,
                                     const UserState& state) const {
  std::size_t size = 0;
  for (const RequestPiece& piece : pieces)
    if (piece.grows()) size += escaped_max(growing_text(piece, order, state).size(), piece.escape) + 1;
  return size;
}

void RequestWriter::renew(std::size_t user, const std::string& token) {
  UserState state = states_->of(user);
  state.authorization = token.empty() ? std::string() : authorization_line("Bearer " + token);
  states_->replace(user, std::move(state));
}

std::string RequestWriter::authorization_line(std::string_view value) {
  return fmt::format("Authorization: {}\r\n", escaped(value, Escape::header));
}

std::string RequestWriter::authorization(std::size_t user) const {
  PlannedOrder of_user;
  of_user.user = static_cast<std::uint16_t>(user);
  if (basic_user_.empty()) return text(authorization_, of_user);
  return basic_authorization(text(basic_user_, of_user), text(basic_password_, of_user));
}

const RequestForm& RequestWriter::form_of(const StepForms& forms, const PlannedOrder& order) const {
  if (order.kind != OrderKind::payment_fail) return forms[static_cast<std::size_t>(order.kind)];
  return forms[first_fail_form + order.group % (forms.size() - first_fail_form)];
}

const StepForms& RequestWriter::forms_of(StepNumber step) const {
  switch (step.part) {
    case StepNumber::Part::set_up:
      return set_up_[step.index];
    case StepNumber::Part::log_in:
      return log_in_[step.index];
    case StepNumber::Part::tear_down:
      return tear_down_[step.index];
    case StepNumber::Part::journey:
      break;
  }
  return steps_[step.index];
}

const RequestWriter::CatalogueText& RequestWriter::catalogue_text(const PlannedOrder& order, std::uint32_t item) const {
  return catalogue_[plan_.place_of(order.kind, order.group, item)];
}

char* RequestWriter::put_product(char* at, const RequestPiece& piece, const PlannedOrder& order) const {
  const bool as_json = piece.field == TemplateField::product_json;
  if (!catalogue_.empty()) {
    const CatalogueText& product = catalogue_text(order, piece.item);
    return as_json ? put_text(at, product.id_json) : put_escaped(at, product.id, piece.escape);
  }
  if (plan_.is_hot(order.kind, order.group)) {
    if (as_json) *at++ = '"';
    at = put_text(at, hot_ids_[piece.item]);
    if (as_json) *at++ = '"';
    return at;
  }
  put_digits(at + piece.number_at, any_group.size(), order.group);
  std::memcpy(at, piece.text.data(), piece.number_at);
  const std::size_t rest = piece.number_at + any_group.size();
  return put_text(at + rest, std::string_view(piece.text).substr(rest));
}

char* RequestWriter::put_price(char* at, const RequestPiece& piece, const PlannedOrder& order) const {
  const bool in_cents = piece.field == TemplateField::cents;
  if (!catalogue_.empty()) {
    const CatalogueText& product = catalogue_text(order, piece.item);
    return put_text(at, in_cents ? product.cents : product.price);
  }
  const std::int64_t cents = item_terms(plan_.seed, order.group, piece.item).cents;
  return in_cents ? put_number(at, static_cast<std::uint64_t>(cents)) : put_decimal_price(at, cents);
}

// The same for the requests of one journey and step, and for the orders of a group; not the same in another run.
Random RequestWriter::random_of(const RequestPiece& piece, const PlannedOrder& order) const {
  Random of_journey(plan_.seed ^ correlation_key_ ^ (order.journey * 0x9E3779B97F4A7C15ull));
  const std::uint64_t step = (order.step << 40) ^ (std::uint64_t{order.repeat} << 16) ^ piece.place;
  return Random(of_journey.next() ^ (step * 0xD1B54A32D192ED03ull));
}

std::string_view RequestWriter::growing_text(const RequestPiece& piece, const PlannedOrder& order,
                                             const UserState& state) const {
  if (piece.kind == RequestPiece::Kind::data) {
    const DataTable& table = data_[piece.table];
    return table.cell(table.row_of(order.journey, order.user, plan_.seed), piece.column);
  }
  if (spells_kept_) return piece.text;
  switch (piece.kept.scope) {
    case KeptScope::journey:
      return order.values == nullptr ? std::string_view() : std::string_view((*order.values)[piece.kept.index]);
    case KeptScope::user:
      return state.values[piece.kept.index];
    case KeptScope::run:
      return run_values_[piece.kept.index];
  }
  return {};
}

char* RequestWriter::put_field(char* at, const RequestPiece& piece, const PlannedOrder& order,
                               const UserState& state) const {
  switch (piece.kind) {
    case RequestPiece::Kind::text:
      return put_text(at, piece.text);
    case RequestPiece::Kind::number:
      return put_number(at, order.operation);
    case RequestPiece::Kind::correlation:
      return put_uuid(at, correlation_of(correlation_key_, order.operation));
    case RequestPiece::Kind::numbered: {
      char* end = put_text(at, piece.text);
      put_digits(at + piece.number_at, any_group.size(), order.group);
      return end;
    }
    case RequestPiece::Kind::product:
      return put_product(at, piece, order);
    case RequestPiece::Kind::name:
      return put_escaped(at, catalogue_text(order, piece.item).name, piece.escape);
    case RequestPiece::Kind::price:
      return put_price(at, piece, order);
    case RequestPiece::Kind::quantity:
      return put_number(at, static_cast<std::uint64_t>(item_terms(plan_.seed, order.group, piece.item).quantity));
    case RequestPiece::Kind::user:
      return piece.field == TemplateField::user_json ? put_text(at, users_[order.user].id_json)
                                                     : put_escaped(at, users_[order.user].id, piece.escape);
    case RequestPiece::Kind::uuid: {
      Random random = random_of(piece, order);
      return put_uuid(at, random_uuid(random));
    }
    case RequestPiece::Kind::now: {
      char text[32];
      const auto size = static_cast<std::size_t>(sagactl::put(text, piece.clock, wall_clock_now()) - text);
      return put_escaped(at, {text, size}, piece.escape);
    }
    case RequestPiece::Kind::random: {
      Random random = random_of(piece, order);
      return sagactl::put(at, piece.random, random);
    }
    case RequestPiece::Kind::data:
    case RequestPiece::Kind::kept:
      return put_escaped(at, growing_text(piece, order, state), spells_kept_ ? Escape::none : piece.escape);
  }
  return at;
}

char* RequestWriter::put(char* at, const RequestPieces& pieces, const PlannedOrder& order,
                         const UserState& state) const {
  for (const RequestPiece& piece : pieces)
    at = piece.kind == RequestPiece::Kind::text ? put_text(at, piece.text) : put_field(at, piece, order, state);
  return at;
}

char* RequestWriter::put_path(char* at, const RequestForm& form, const PlannedOrder& order,
                              const UserState& state) const {
  if (!form.is_address || spells_kept_)
    return put(put_text(at, form.is_address ? std::string_view() : std::string_view(prefixes_[order.target])),
               form.path, order, state);
  const std::string& prefix = prefixes_[order.target];
  const std::size_t path = prefix.size() - targets_[order.target].prefix.size();
  at = put_address(put_text(at, std::string_view(prefix).substr(0, path)),
                   growing_text(form.path.front(), order, state));
  for (std::size_t i = 1; i < form.path.size(); ++i) at = put_field(at, form.path[i], order, state);
  return at;
}

std::string RequestWriter::cookies(const PlannedOrder& order, std::string_view path) const {
  if (!has_cookies_) return {};
  if (order.jar == nullptr) return states_->cookies(order.user, path, wall_clock_now());
  std::string line(order.jar->header_max(), '\0');
  line.resize(static_cast<std::size_t>(order.jar->put(line.data(), path, wall_clock_now()) - line.data()));
  return line;
}

std::size_t RequestWriter::write(const PlannedOrder& order, std::vector<char>& out) const {
  const RequestForm& form = form_of(steps_[order.step], order);
  const UserState& state = states_->of(order.user);
  const std::string_view authorization = form.has_authorization ? std::string_view() : state.authorization;
  const std::string& head = form.heads[order.target];
  const std::size_t most = form.size + authorization.size() + growth_of(form.path, order, state) +
                           growth_of(form.headers, order, state) + growth_of(form.body, order, state);
  if (out.size() < most) out.resize(most);
  char* at = put_path(put_text(out.data(), form.method), form, order, state);
  if (has_cookies_) {
    const auto written = static_cast<std::size_t>(at - out.data());
    const std::string_view path(out.data() + form.method.size(), written - form.method.size());
    const std::string line = cookies(order, path);
    if (out.size() < most + line.size()) out.resize(most + line.size());
    at = put_text(put_text(out.data() + written, head), line);
  } else {
    at = put_text(at, head);
  }
  at = put_text(at, authorization);
  at = put(at, form.headers, order, state);
  char* const length = at;
  if (form.has_length) at = put_text(put_text(at, length_name), any_length);
  at = put_text(at, form.has_length ? "\r\n\r\n" : "\r\n");
  const char* const body = at;
  at = put(at, form.body, order, state);
  if (!form.has_length) return static_cast<std::size_t>(at - out.data());
  // Right-aligned in the spaces.
  char digits[number_size_max];
  const char* end = put_number(digits, static_cast<std::uint64_t>(at - body));
  const auto count = static_cast<std::size_t>(end - digits);
  std::memcpy(length + length_name.size() + any_length.size() - count, digits, count);
  return static_cast<std::size_t>(at - out.data());
}

std::string RequestWriter::text(const RequestPieces& pieces, const PlannedOrder& order) const {
  const UserState& state = states_->of(order.user);
  std::string out(sagactl::size_max(pieces, field_size_max_) + growth_of(pieces, order, state), '\0');
  out.resize(static_cast<std::size_t>(put(out.data(), pieces, order, state) - out.data()));
  return out;
}

std::vector<std::string> RequestWriter::message_texts(const PlannedOrder& order) const {
  std::vector<std::string> texts;
  for (const RequestPieces& pieces : form_of(steps_[order.step], order).messages) texts.push_back(text(pieces, order));
  return texts;
}

HttpRequest RequestWriter::request(StepNumber step, const PlannedOrder& order) const {
  const RequestForm& form = form_of(forms_of(step), order);
  HttpRequest request;
  request.method = trim(form.method);
  request.path = text(form.path, order);
  if (!form.is_address) {
    request.path = targets_[order.target].prefix + request.path;
  } else {
    const std::string address = request.path;
    request.path.resize(address.size() + 1);
    request.path.resize(static_cast<std::size_t>(put_address(request.path.data(), address) - request.path.data()));
  }
  request.body = text(form.body, order);
  for (const std::string& line : split(text(form.headers, order), '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos)
      request.headers.emplace_back(line.substr(0, colon), std::string(trim(line.substr(colon + 1))));
  }
  return request;
}

}  // namespace sagactl
