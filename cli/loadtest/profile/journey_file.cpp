#include "cli/loadtest/profile/journey_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "cli/loadtest/profile/message_file.hpp"
#include "cli/loadtest/profile/read_duration.hpp"
#include "cli/loadtest/profile/request_body.hpp"
#include "common/text/text.hpp"
#include "loadgen/profile/profile_headers.hpp"

namespace sagactl {
namespace {

constexpr std::uintmax_t data_file_max = 256u << 20;
constexpr std::uintmax_t text_file_max = 1u << 20;

void read_pause(TomlMembers& members, StepPause& pause) {
  std::vector<std::string> texts;
  members.texts("pause", texts);
  if (texts.empty()) return;
  std::vector<Duration> times;
  for (const std::string& text : texts) {
    const auto duration = parse_duration(text);
    if (!duration) return members.fail("pause", duration.error().message);
    times.push_back(*duration);
  }
  if (times.size() > 2)
    return members.fail("pause", "must be a time such as \"2s\", or [\"1s\", \"3s\"] for one between");
  pause = {times.front(), times.back()};
}

// Exactly one of: a pointer, { header }, { cookie }, { field }, { match }, { after, before }.
void read_source(TomlMembers& source, ValueSource& value) {
  std::string cookie, field, match;
  source.text("header", value.text.header);
  source.text("after", value.text.after);
  source.text("before", value.text.before);
  source.text("cookie", cookie);
  source.text("field", field);
  source.text("match", match);
  const bool is_text = value.text != TextLocation{};
  const int given = !cookie.empty() + !field.empty() + !match.empty() + is_text;
  if (given != 1)
    return source.fail(
        "header", "or one of cookie, field, match and after/before is required: where is the value in the answer?");
  if (is_text) value.kind = ValueSource::Kind::text;
  if (!cookie.empty()) value.kind = ValueSource::Kind::cookie;
  if (!field.empty()) value.kind = ValueSource::Kind::form_field;
  if (!match.empty()) value.kind = ValueSource::Kind::pattern;
  value.place = cookie + field + match;
}

void read_keep(TomlMembers& members, std::vector<ValueSource>& keep) {
  members.named("keep", [&](const std::string& name, TomlMembers* source, const std::string& pointer) {
    ValueSource value;
    value.name = name;
    value.place = pointer;
    if (source != nullptr) read_source(*source, value);
    keep.push_back(std::move(value));
  });
}

void read_until(TomlMembers& members, JourneyStep& step) {
  members.table("until", [&](TomlMembers& it) {
    StepUntil until;
    it.text("pointer", until.marker.pointer);
    it.text("header", until.marker.header);
    it.texts("values", until.marker.values);
    read_duration(it, "every", until.every);
    read_duration(it, "at_most", until.at_most);
    if (until.marker.pointer.empty() == until.marker.header.empty()) it.fail("pointer", "or header is required");
    step.until = std::move(until);
  });
}

void read_request(TomlMembers& members, JourneyStep& step, const ProfileSurroundings& surroundings) {
  std::string method;
  members.text("name", step.name);
  members.text("method", method);
  members.text("path", step.path);
  members.pairs("headers", step.headers);
  RequestBody body = read_request_body(members, surroundings);
  add_content_type(step.headers, body);
  step.body = std::move(body.text);
  step.is_form = body.is_form;
  step.is_graphql = body.is_graphql;
  step.method = !method.empty() ? method : step.body.empty() ? "GET" : "POST";
  read_statuses(members, "expect", step.expect);
  read_keep(members, step.keep);
  if (step.is_graphql) point_into_data(step.keep);
}

JourneyStep read_step(TomlMembers& members, const ProfileSurroundings& surroundings) {
  JourneyStep step;
  read_request(members, step, surroundings);
  read_message(members, step);
  if (!step.message && step.path.empty()) members.fail("path", "is missing");
  read_pause(members, step.pause);
  read_until(members, step);
  if (step.is_graphql && step.until) point_into_data(step.until->marker.pointer);
  members.text("branch", step.branch);
  return step;
}

JourneyStep read_single_request(TomlMembers& members, const std::string& name,
                                const ProfileSurroundings& surroundings) {
  JourneyStep step;
  step.name = name;
  read_request(members, step, surroundings);
  if (step.path.empty()) members.fail("path", "is missing");
  return step;
}

// OAuth 2.0 client credentials (RFC 6749, 4.4), with the client's name and secret in the body.
JourneyStep client_credentials(TomlMembers& members) {
  std::string id, secret, scope;
  JourneyStep step;
  step.name = "token";
  step.method = "POST";
  step.is_form = true;
  members.text("path", step.path);
  members.text("client_id", id);
  members.text("client_secret", secret);
  members.text("scope", scope);
  for (const auto& [name, text] : {std::pair{"path", &step.path}, std::pair{"client_id", &id}})
    if (text->empty()) members.fail(name, "is missing");
  step.body =
      fmt::format("grant_type=client_credentials&client_id={}&client_secret={}", form_text(id), form_text(secret));
  if (!scope.empty()) step.body += "&scope=" + form_text(scope);
  step.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  return step;
}

void keep_bearer(LogIn& log_in, const std::string& pointer) {
  ValueSource token;
  token.name = "bearer";
  token.place = pointer;
  log_in.requests.back().keep.push_back(std::move(token));
  log_in.authorization = "Bearer {bearer}";
}

void read_log_in(TomlMembers& members, Profile& profile, const ProfileSurroundings& surroundings) {
  LogIn& log_in = profile.journey.log_in;
  bool is_request = true;
  members.table("basic", [&](TomlMembers& it) {
    it.text("user", log_in.basic_user);
    it.text("password", log_in.basic_password);
    if (log_in.basic_user.empty()) it.fail("user", "is missing");
    is_request = false;
  });
  members.table("oauth", [&](TomlMembers& it) {
    log_in.requests.push_back(client_credentials(it));
    keep_bearer(log_in, "/access_token");
    log_in.lifetime = "/expires_in";
    is_request = false;
  });
  members.table("api_key", [&](TomlMembers& it) {
    std::string header, value;
    it.text("header", header);
    it.text("value", value);
    if (header.empty()) it.fail("header", "is missing");
    if (value.empty()) it.fail("value", "is missing");
    const auto add = [&](RequestHeaders& headers) {
      if (find_header(headers, header) == nullptr) headers.emplace_back(header, value);
    };
    for (auto* steps :
         {&profile.journey.before, &profile.journey.after, &profile.journey.set_up, &profile.journey.tear_down})
      for (JourneyStep& step : *steps) add(step.headers);
    add(profile.headers);
    is_request = false;
  });
  if (!is_request) return;
  std::string bearer;
  const std::string name = fmt::format("log-in {}", log_in.requests.size() + 1);
  log_in.requests.push_back(read_single_request(members, name, surroundings));
  members.text("bearer", bearer);
  members.text("authorization", log_in.authorization);
  members.text("expires_in", log_in.lifetime);
  if (log_in.requests.back().is_graphql) {
    point_into_data(bearer);
    point_into_data(log_in.lifetime);
  }
  if (!bearer.empty()) keep_bearer(log_in, bearer);
}

void read_branches(TomlMembers& members, Journey& journey) {
  std::vector<std::pair<std::string, std::string>> pairs;
  members.pairs("branches", pairs);
  for (const auto& [name, share] : pairs) {
    const bool is_number = !share.empty() && share.size() < 5 && share.find_first_not_of("0123456789") == share.npos;
    if (!is_number) members.fail("branches", fmt::format("'{}' must have a share such as 8", name));
    journey.branches.push_back({name, is_number ? static_cast<std::uint32_t>(std::stoul(share)) : 1});
  }
}

void read_rows(TomlMembers& members, const std::string& file, const ProfileSurroundings& surroundings,
               DataTable& table) {
  if (file.empty()) return members.fail("file", "is missing");
  const auto text = surroundings.text_of(file, data_file_max);
  if (!text) return members.fail("file", fmt::format("{} cannot be read, or has more than 256 MB", file));
  const bool is_json = file.ends_with(".jsonl") || file.ends_with(".ndjson");
  if (auto read = is_json ? read_json_lines(*text, table) : read_csv(*text, table); !read)
    members.fail("file", fmt::format("{}, {}", file, read.error().message));
}

// A table whose rows cannot be read has no columns.
void read_data(TomlMembers& members, Journey& journey, const ProfileSurroundings& surroundings) {
  DataTable table;
  std::string file, order;
  members.text("name", table.name);
  members.text("file", file);
  members.text("order", order);
  if (const auto parsed = parse_row_order(order); parsed)
    table.order = *parsed;
  else if (!order.empty())
    members.fail("order", fmt::format("'{}' must be \"in order\", \"random\", \"once\" or \"user\"", order));
  read_rows(members, file, surroundings, table);
  journey.data.push_back(std::move(table));
}

void find_in(const std::string& text, const ProfileSurroundings& surroundings, Journey& journey) {
  const auto pieces = parse_template(text, template_names(journey));
  if (!pieces) return;
  for (const TemplatePiece& piece : *pieces) {
    std::optional<std::string> found;
    if (piece.field == TemplateField::env) found = surroundings.environment->get(piece.text);
    if (piece.field == TemplateField::file) found = surroundings.text_of(piece.text, text_file_max);
    if (found && find_text(journey, piece.field, piece.text) == nullptr)
      journey.texts.emplace_back(fmt::format("{}:{}", to_string(piece.field), piece.text), std::move(*found));
  }
}

}  // namespace

void read_create_of_journey(TomlMembers& members, Profile& profile, const ProfileSurroundings& surroundings) {
  read_pause(members, profile.journey.create_pause);
  read_keep(members, profile.journey.create_keep);
  RequestBody body = read_request_body(members, surroundings);
  const bool is_plain = body.content_type.empty();
  if (is_plain) body.content_type = "application/json";
  add_content_type(profile.headers, body);
  profile.body = std::move(body.text);
  profile.journey.create_is_form = body.is_form;
  profile.answer.is_graphql = body.is_graphql;
  if (body.is_graphql) point_into_data(profile.journey.create_keep);
}

void read_journey(TomlMembers& members, Profile& profile, const ProfileSurroundings& surroundings) {
  Journey& journey = profile.journey;
  members.tables("data", [&](TomlMembers& it) { read_data(it, journey, surroundings); });
  read_branches(members, journey);
  members.tables("set_up",
                 [&](TomlMembers& it) { journey.set_up.push_back(read_single_request(it, "", surroundings)); });
  members.tables("before", [&](TomlMembers& it) { journey.before.push_back(read_step(it, surroundings)); });
  members.tables("after", [&](TomlMembers& it) { journey.after.push_back(read_step(it, surroundings)); });
  members.tables("tear_down",
                 [&](TomlMembers& it) { journey.tear_down.push_back(read_single_request(it, "", surroundings)); });
  // After the steps: an API key is a header of each.
  members.tables("log_in", [&](TomlMembers& it) { read_log_in(it, profile, surroundings); });
  std::string cookies;
  members.text("cookies", cookies);
  if (cookies == "user")
    journey.cookies = CookieUse::user;
  else if (cookies == "journey")
    journey.cookies = CookieUse::journey;
  else if (!cookies.empty() && cookies != "none")
    members.fail("cookies", "must be \"user\" (one jar for each user), \"journey\" or \"none\"");
}

void find_texts(Profile& profile, const ProfileSurroundings& surroundings) {
  Journey& journey = profile.journey;
  const auto find = [&](const std::string& text) {
    find_in(with_custom_fields(text, profile.fields, {}), surroundings, journey);
  };
  const auto find_all = [&](const RequestHeaders& headers) {
    for (const auto& [name, value] : headers) find(value);
  };
  for (const std::string* text : {&profile.path, &profile.body, &profile.item, &journey.log_in.authorization,
                                  &journey.log_in.basic_user, &journey.log_in.basic_password})
    find(*text);
  find_all(profile.headers);
  find_all(profile.fields);
  for (const FailureVariant& variant : profile.failure_variants) find_all(variant.fields);
  for (const auto* steps :
       {&journey.set_up, &journey.log_in.requests, &journey.before, &journey.after, &journey.tear_down}) {
    for (const JourneyStep& step : *steps) {
      find(step.path);
      find(step.body);
      if (step.message)
        for (const std::string& text : message_templates(*step.message)) find(text);
      find_all(step.headers);
    }
  }
}

}  // namespace sagactl
