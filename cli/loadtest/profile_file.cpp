#include "cli/loadtest/profile_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "cli/configuration/toml_members.hpp"
#include "cli/loadtest/faults/fault_file.hpp"
#include "cli/loadtest/profile/journey_file.hpp"
#include "cli/loadtest/profile/mongo_file.hpp"
#include "cli/loadtest/profile/other_spellings.hpp"
#include "cli/loadtest/profile/request_body.hpp"
#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t failing_quantity_max = 1'000'000'000;  // of a failing order: times a price it is an amount

std::optional<int> status_of(std::string_view text) {
  const auto status = parse_number<int>(text);
  return status && *status >= 100 && *status <= 599 ? status : std::nullopt;
}

// 201, "2xx", "200-204".
std::optional<StatusRange> range_of(const std::string& text) {
  if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5')
    return StatusRange{(text[0] - '0') * 100, (text[0] - '0') * 100 + 99};
  const std::size_t dash = text.find('-');
  const auto first = status_of(std::string_view(text).substr(0, dash));
  const auto last = dash == std::string::npos ? first : status_of(std::string_view(text).substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return StatusRange{*first, *last};
}

void read_create(TomlMembers& members, Profile& profile, const ProfileSurroundings& surroundings) {
  members.text("method", profile.method);
  members.text("path", profile.path);
  members.pairs("headers", profile.headers);
  members.text("item", profile.item);
  members.pairs("fields", profile.fields);
  read_create_of_journey(members, profile, surroundings);
}

void read_markers(TomlMembers& members, const char* name, std::vector<AnswerMarker>& markers) {
  members.tables(name, [&](TomlMembers& it) {
    AnswerMarker marker;
    it.text("pointer", marker.pointer);
    it.text("header", marker.header);
    it.texts("values", marker.values);
    if (marker.pointer.empty() == marker.header.empty()) it.fail("pointer", "or header is required");
    markers.push_back(std::move(marker));
  });
}

void read_outcome(TomlMembers& members, OutcomeRules& rules) {
  read_statuses(members, "accepted", rules.accepted);
  read_statuses(members, "duplicate", rules.duplicate);
  read_statuses(members, "rejected", rules.rejected);
  read_statuses(members, "unclear", rules.unclear);
  read_markers(members, "duplicate_if", rules.duplicate_markers);
  read_markers(members, "rejected_if", rules.rejected_markers);
}

void read_list(TomlMembers& members, ListQuery& list) {
  members.text("path", list.path);
  members.text("orders", list.items);
  members.text("next", list.next);
  for (const char* column :
       {"order_id", "created_at", "ended_at", "status", "key", "product", "quantity", "user", "amount", "node"}) {
    std::string pointer;
    members.text(column, pointer);
    if (!pointer.empty()) list.columns.emplace_back(column, pointer);
  }
  if (list.path.empty()) members.fail("path", "is missing");
}

void read_test_data(TomlMembers& members, TestDataRequest& data) {
  members.text("method", data.method);
  members.text("path", data.path);
  members.text("body", data.body);
  members.text("users", data.users);
  members.text("user_id", data.user_id);
  members.text("products", data.products);
  members.text("product_id", data.product_id);
  members.text("product_name", data.product_name);
  members.text("product_price", data.product_price);
  if (data.path.empty()) members.fail("path", "is missing");
  if (data.users.empty() != data.user_id.empty()) members.fail("user_id", "and users must be given together");
  if (data.products.empty() != data.product_id.empty())
    members.fail("product_id", "and products must be given together");
}

void read_product(TomlMembers& members, Profile& profile) {
  CatalogueProduct product;
  std::string price = "0";
  members.text("id", product.id);
  members.text("name", product.name);
  members.text("price", price);
  if (product.id.empty()) members.fail("id", "is missing");
  const auto money = parse_money(price);
  if (money)
    product.price = *money;
  else
    members.fail("price", "must be a string such as \"12.50\"");
  if (product.name.empty()) product.name = product.id;
  profile.catalogue.push_back(std::move(product));
}

void read_all(TomlMembers& members, Profile& profile, const ProfileSurroundings& surroundings) {
  std::string by = "key", accounts = "none";
  members.text("name", profile.name);
  members.text("duplicates_by", by);
  members.text("accounts", accounts);
  members.texts("users", profile.users);
  if (by != "key" && by != "product") members.fail("duplicates_by", "must be key or product");
  if (accounts != "none" && accounts != "registered") members.fail("accounts", "must be none or registered");
  if (by == "product") profile.duplicates_by = Profile::DuplicatesBy::product;
  if (accounts == "registered") profile.accounts = Profile::Accounts::registered;
  members.table("create", [&](TomlMembers& it) { read_create(it, profile, surroundings); });
  members.table("answer", [&](TomlMembers& it) {
    it.texts_or_tables("order", profile.answer.order, [&](TomlMembers& place) {
      TextLocation text;
      place.text("header", text.header);
      place.text("after", text.after);
      place.text("before", text.before);
      if (text == TextLocation{})
        place.fail("header", "is missing: give a header, or the text before and after the id in the body");
      profile.answer.order_texts.push_back(text);
    });
    it.texts("correlation", profile.answer.correlation);
    it.texts("status", profile.answer.status);
    it.texts("total", profile.answer.total);
  });
  members.table("outcome", [&](TomlMembers& it) { read_outcome(it, profile.outcome); });
  members.table("status", [&](TomlMembers& it) {
    it.text("path", profile.status.path);
    it.text("pointer", profile.status.pointer);
    it.texts("completed", profile.queries.completed);
    it.texts("undone", profile.queries.undone);
    it.texts("ends", profile.status.ends);
    it.text("created_at", profile.status.created);
    it.text("ended_at", profile.status.ended);
  });
  read_journey(members, profile, surroundings);
  members.table("list", [&](TomlMembers& it) { read_list(it, profile.list); });
  members.tables("test_data", [&](TomlMembers& it) {
    profile.test_data.emplace_back();
    read_test_data(it, profile.test_data.back());
  });
  members.tables("product", [&](TomlMembers& it) { read_product(it, profile); });
  members.tables("fail", [&](TomlMembers& it) {
    FailureVariant way;
    it.text("name", way.name);
    it.number("quantity", way.quantity);
    if (way.quantity && std::abs(*way.quantity) > failing_quantity_max)
      it.fail("quantity", fmt::format("must be from {} to {}", -failing_quantity_max, failing_quantity_max));
    it.text("product", way.product);
    it.pairs("fields", way.fields);
    profile.failure_variants.push_back(std::move(way));
  });
  read_faults(members, profile.faults);
  members.table("sql", [&](TomlMembers& it) {
    it.text("orders", profile.queries.orders.sql);
    it.text("steps", profile.queries.steps.sql);
    it.text("stock", profile.queries.stock.sql);
    it.text("payments", profile.queries.payments.sql);
    if (profile.queries.orders.empty() && !members.has("mongodb"))
      it.fail("orders", "is missing: the other queries refer to its orders");
  });
  read_mongo_queries(members, profile.queries);
  if (profile.answer.is_graphql)
    for (auto* list :
         {&profile.answer.order, &profile.answer.correlation, &profile.answer.status, &profile.answer.total})
      for (std::string& pointer : *list) point_into_data(pointer);
  for (const auto* list : {&profile.queries.completed, &profile.queries.undone})
    profile.status.ends.insert(profile.status.ends.end(), list->begin(), list->end());
}

// A member by its path, "after[0].path"; null where there is none. A single table is accepted where a list is expected.
const toml::node* find_node(const toml::table& table, const std::string& member) {
  std::string single = member;
  replace_all(single, "[0]", "");
  for (const std::string& path : {member, single})
    if (const auto found = table.at_path(path); found) return found.node();
  return nullptr;
}

// What the member is missing in: the whole file, if there is nothing nearer.
const toml::node& nearest_node(const toml::table& table, std::string member) {
  for (std::size_t end = member.find_last_of(".["); end != std::string::npos; end = member.find_last_of(".[")) {
    member.resize(end);
    if (const toml::node* const node = find_node(table, member)) return *node;
  }
  return table;
}

bool lies_in(const toml::source_position& at, const toml::source_region& region) {
  return region.begin <= at && at <= std::max(region.begin, region.end);
}

// Whether a mistake about a member follows from one that was found when the file was read: its value could not be read,
// or it may be there under a misspelt name.
bool follows_from(const TomlFault& read, const toml::node* member, const toml::node& owner) {
  return member ? lies_in(read.at, member->source()) : read.unknown_in && read.unknown_in == owner.as_table();
}

// Adds what is wrong with the profile that was read, "create.item: ...".
void add_faults_of_meaning(const toml::table& table, const std::vector<std::string>& meant,
                           std::vector<TomlFault>& faults) {
  const std::vector<TomlFault> read = faults;
  for (const std::string& what : meant) {
    const std::string path = what.substr(0, what.find(':'));
    const toml::node* const member = find_node(table, path);
    const toml::node& owner = member ? *member : nearest_node(table, path);
    const bool follows =
        std::any_of(read.begin(), read.end(), [&](const TomlFault& it) { return follows_from(it, member, owner); });
    const bool is_of_file = &owner == &table;
    if (!follows) faults.push_back({is_of_file ? toml::source_position{} : owner.source().begin, what});
  }
}

}  // namespace

void read_statuses(TomlMembers& members, const char* name, StatusRanges& ranges) {
  std::vector<std::string> texts;
  members.texts(name, texts);
  if (texts.empty()) return;
  ranges.clear();
  for (const std::string& text : texts) {
    const auto range = range_of(text);
    if (!range)
      return members.fail(name, fmt::format("'{}' is not an HTTP status: write 201, \"2xx\" or \"200-204\"", text));
    ranges.push_back(*range);
  }
}

Result<Profile> read_profile(const std::filesystem::path& path, const std::string& name, const Environment& environment,
                             std::vector<std::string>* remarks) {
  auto table = read_toml_table(path, name);
  if (!table) return table.error();
  Profile profile;
  profile.name = path.stem().string();
  // A 503 may come from a proxy that had already forwarded the request.
  profile.outcome.rejected = {{400, 499}};
  TomlMembers members(*table);
  const ProfileSurroundings surroundings{path.parent_path(), &environment};
  read_all(members, profile, surroundings);
  std::vector<TomlFault> faults = members.faults();
  find_texts(profile, surroundings);
  add_faults_of_meaning(*table, profile_faults(profile), faults);
  if (!faults.empty()) return toml_error(name, std::move(faults));
  auto found = other_spellings(*table);
  if (remarks && !found.empty()) *remarks = split(toml_error(name, std::move(found)).message, '\n');
  return profile;
}

}  // namespace sagactl
