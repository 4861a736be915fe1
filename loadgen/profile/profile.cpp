#include "loadgen/profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/text/text.hpp"
#include "loadgen/profile/journey_check.hpp"
#include "loadgen/profile/profile_headers.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {
namespace {

constexpr int http_status_first = 100, http_status_last = 599;

Error wrong_member(std::string_view member, std::string_view why) {
  return {ErrorCode::invalid, fmt::format("{}: {}", member, why)};
}

Result<void> check_template(const Profile& profile, std::string_view member, const std::string& text,
                            std::initializer_list<TemplateField> forbidden = {}) {
  const auto parsed = parse_template(with_custom_fields(text, profile.fields, {}), template_names(profile.journey));
  if (!parsed) return wrong_member(member, parsed.error().message);
  for (const TemplatePiece& piece : *parsed) {
    if (piece.field == TemplateField::text) continue;
    for (const TemplateField field : forbidden)
      if (piece.field == field)
        return wrong_member(
            member, fmt::format("'{{{}}}' is not allowed here: it belongs to an item, in the body", to_string(field)));
  }
  return {};
}

Result<void> check_pointer(std::string_view member, const std::string& pointer) {
  if (pointer.empty()) return {};
  const std::string fault = json_pointer_fault(pointer);
  return fault.empty() ? Result<void>() : wrong_member(member, fault);
}

Result<void> check_fields(const Profile& profile) {
  for (const auto& [name, value] : profile.fields)
    if (auto checked = check_field_name(name); !checked) return wrong_member("create.fields", checked.error().message);
  for (std::size_t i = 0; i < profile.failure_variants.size(); ++i)
    for (const auto& [name, value] : profile.failure_variants[i].fields)
      if (find_field(profile.fields, name) == nullptr)
        return wrong_member(fmt::format("fail[{}].fields", i),
                            fmt::format("'{}' is not in create.fields, which has the values of other orders", name));
  return {};
}

Result<void> check_request(const Profile& profile) {
  using enum TemplateField;
  const std::initializer_list<TemplateField> of_items = {items, product, product_json, name, quantity, price, cents};
  if (profile.path.empty() || profile.path.front() != '/') return wrong_member("create.path", "must begin with /");
  for (const char c : profile.method)
    if (c < 'A' || c > 'Z') return wrong_member("create.method", "must be in capital letters, such as POST");
  if (profile.method.empty()) return wrong_member("create.method", "is missing");
  if (auto checked = check_template(profile, "create.path", profile.path, of_items); !checked) return checked;
  const auto is_wrong = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '#'; };
  if (std::any_of(profile.path.begin(), profile.path.end(), is_wrong))
    return wrong_member("create.path", "has a space, a # or a control character: write %20 for a space");
  if (auto checked = check_headers(profile.headers, "create.headers"); !checked) return checked;
  for (const auto& [header, value] : profile.headers) {
    if (auto checked = check_template(profile, "create.headers." + header, value, of_items); !checked) return checked;
  }
  if (auto checked = check_template(profile, "create.body", profile.body); !checked) return checked;
  return check_template(profile, "create.item", profile.item, {TemplateField::items});
}

// Where the status alone tells, a duplicate comes before an order.
bool accepts_anything(const OutcomeRules& rules) {
  if (!rules.duplicate_markers.empty()) return true;
  const auto holds = [](const StatusRanges& ranges, int status) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const StatusRange& range) { return range.holds(status); });
  };
  for (int status = http_status_first; status <= http_status_last; ++status)
    if (holds(rules.accepted, status) && !holds(rules.duplicate, status)) return true;
  return false;
}

Result<void> check_answer(const Profile& profile) {
  for (const auto& [name, list] :
       {std::pair{"answer.order", &profile.answer.order}, std::pair{"answer.correlation", &profile.answer.correlation},
        std::pair{"answer.status", &profile.answer.status}, std::pair{"answer.total", &profile.answer.total}})
    for (const std::string& pointer : *list)
      if (auto checked = check_pointer(name, pointer); !checked) return checked;
  const OutcomeRules& outcome = profile.outcome;
  for (const auto& [name, markers] : {std::pair{"outcome.duplicate_if", &outcome.duplicate_markers},
                                      std::pair{"outcome.rejected_if", &outcome.rejected_markers}})
    for (const AnswerMarker& marker : *markers)
      if (auto checked = check_pointer(name, marker.pointer); !checked) return checked;
  if (!accepts_anything(outcome))
    return wrong_member(
        "outcome.accepted",
        "each of its statuses is also in duplicate, so that no order is accepted: give duplicate_if for "
        "what tells a repeated order apart");
  if (!profile.answer.names_orders() && profile.queries.orders.empty() && profile.list.path.empty())
    return wrong_member("answer.order",
                        "is missing: where is the order's id? Write \"/order/id\" for a member of a JSON body or "
                        "{ header = \"Location\" }; without it, orders are found only by their key in the database");
  return {};
}

Result<void> check_status(const Profile& profile) {
  if (profile.status.path.empty()) return {};
  if (profile.status.path.front() != '/') return wrong_member("status.path", "must begin with /");
  if (profile.status.path.find("{order}") == std::string::npos)
    return wrong_member("status.path", "has no {order} for the order's id");
  if (profile.status.ends.empty())
    return wrong_member("status.completed", "or undone or ends is missing: which values are final?");
  if (profile.status.created.empty() != profile.status.ended.empty())
    return wrong_member("status.created_at",
                        "and ended_at must be given together: both are times of the server's clock");
  for (const auto& [name, pointer] :
       {std::pair{"status.pointer", &profile.status.pointer}, std::pair{"status.created_at", &profile.status.created},
        std::pair{"status.ended_at", &profile.status.ended}})
    if (auto checked = check_pointer(name, *pointer); !checked) return checked;
  return {};
}

// Also without a path: the statuses in a database have the same words.
Result<void> check_ends(const ProfileQueries& queries) {
  for (const std::string& word : queries.undone)
    if (std::find(queries.completed.begin(), queries.completed.end(), word) != queries.completed.end())
      return wrong_member("status.undone",
                          fmt::format("'{}' is also in completed: is such an order in effect or not?", word));
  return {};
}

Result<void> check_catalogue(const std::vector<CatalogueProduct>& catalogue) {
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < catalogue.size(); ++i)
    if (!ids.insert(catalogue[i].id).second)
      return wrong_member(fmt::format("product[{}].id", i), fmt::format("'{}' is there twice", catalogue[i].id));
  return {};
}

Result<void> check_list(const Profile& profile) {
  const ListQuery& list = profile.list;
  if (list.path.empty()) return {};
  if (list.path.front() != '/') return wrong_member("list.path", "must begin with /");
  const bool by_cursor = list.path.find("{next}") != std::string::npos;
  if (by_cursor && list.next.empty())
    return wrong_member("list.next", "is missing: where is the cursor of the next page, for {next} in the path?");
  if (by_cursor && list.path.find("{page}") != std::string::npos)
    return wrong_member("list.path", "has both {page} and {next}: pages are counted or have a cursor");
  if (list.pointer_of("order_id").empty())
    return wrong_member("list.order_id", "is missing: where is the id within an order of the list?");
  if (!list.pointer_of("ended_at").empty() && list.pointer_of("created_at").empty())
    return wrong_member("list.ended_at", "needs created_at");
  for (const auto* pointer : {&list.items, &list.next})
    if (auto checked = check_pointer("list", *pointer); !checked) return checked;
  for (const auto& [column, pointer] : list.columns)
    if (auto checked = check_pointer("list." + column, pointer); !checked) return checked;
  return {};
}

}  // namespace

std::string ListQuery::pointer_of(std::string_view column) const {
  for (const auto& [name, pointer] : columns)
    if (name == column) return pointer;
  return {};
}

Result<void> check(const Profile& profile) {
  if (auto checked = check_fields(profile); !checked) return checked;
  if (auto checked = check_request(profile); !checked) return checked;
  if (auto checked = check_answer(profile); !checked) return checked;
  if (auto checked = check_status(profile); !checked) return checked;
  if (auto checked = check_ends(profile.queries); !checked) return checked;
  if (auto checked = check_catalogue(profile.catalogue); !checked) return checked;
  if (auto checked = check_list(profile); !checked) return checked;
  for (const TestDataRequest& data : profile.test_data) {
    if (data.path.empty() || data.path.front() != '/') return wrong_member("test_data.path", "must begin with /");
    for (const auto& pointer : {data.users, data.products})
      if (auto checked = check_pointer("test_data", pointer); !checked) return checked;
  }
  const std::vector<std::string> faults = journey_faults(profile);
  if (!faults.empty()) return Error{ErrorCode::invalid, join(faults, "\n")};
  return {};
}

}  // namespace sagactl
