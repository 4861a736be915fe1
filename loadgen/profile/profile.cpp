#include "loadgen/profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/sending/own_headers.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {
namespace {

Error wrong_member(std::string_view member, std::string_view why) {
  return {ErrorCode::invalid, fmt::format("{}: {}", member, why)};
}

Result<void> check_template(const Profile& profile, std::string_view member, const std::string& text,
                            std::initializer_list<TemplateField> besides = {}) {
  const auto parsed = parse_template(with_own_fields(text, profile.fields, {}));
  if (!parsed) return wrong_member(member, parsed.error().message);
  for (const TemplatePiece& piece : *parsed) {
    if (piece.field == TemplateField::text) continue;
    for (const TemplateField field : besides)
      if (piece.field == field)
        return wrong_member(
            member,
            fmt::format("'{{{}}}' has no meaning here: it is of an item, and stands in the body", to_string(field)));
  }
  return {};
}

Result<void> check_pointer(std::string_view member, const std::string& pointer) {
  if (pointer.empty() || pointer.front() == '/') return {};
  return wrong_member(member,
                      fmt::format("'{}' is no JSON pointer: write /order/id, or {{ header = \"Location\" }} for "
                                  "what stands in a header",
                                  pointer));
}

Result<void> check_fields(const Profile& profile) {
  for (const auto& [name, value] : profile.fields)
    if (auto checked = check_field_name(name); !checked) return wrong_member("create.fields", checked.error().message);
  for (const FailWay& way : profile.fail_ways)
    for (const auto& [name, value] : way.fields)
      if (find_field(profile.fields, name) == nullptr)
        return wrong_member("fail.fields",
                            fmt::format("'{}' is none of create.fields, which say what it is else", name));
  return {};
}

Result<void> check_request(const Profile& profile) {
  using enum TemplateField;
  const std::initializer_list<TemplateField> of_items = {items, product, product_json, name, quantity, price, cents};
  if (profile.path.empty() || profile.path.front() != '/') return wrong_member("create.path", "must begin with /");
  for (const char c : profile.method)
    if (c < 'A' || c > 'Z') return wrong_member("create.method", "must be capital letters, such as POST");
  if (profile.method.empty()) return wrong_member("create.method", "is missing");
  if (auto checked = check_template(profile, "create.path", profile.path, of_items); !checked) return checked;
  const auto ends_it = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '#'; };
  if (std::any_of(profile.path.begin(), profile.path.end(), ends_it))
    return wrong_member("create.path", "has a blank, a # or a control character: write %20 for a blank");
  if (auto checked = check_headers(profile); !checked) return checked;
  for (const auto& [header, value] : profile.headers) {
    if (auto checked = check_template(profile, "create.headers." + header, value, of_items); !checked) return checked;
  }
  if (auto checked = check_template(profile, "create.body", profile.body); !checked) return checked;
  return check_template(profile, "create.item", profile.item, {TemplateField::items});
}

Result<void> check_answer(const Profile& profile) {
  for (const auto* list :
       {&profile.answer.order, &profile.answer.correlation, &profile.answer.status, &profile.answer.total})
    for (const std::string& pointer : *list)
      if (auto checked = check_pointer("answer", pointer); !checked) return checked;
  for (const Telltale& tell : profile.outcome.duplicate_tells)
    if (auto checked = check_pointer("outcome.duplicate_if", tell.pointer); !checked) return checked;
  if (!profile.answer.names_orders() && profile.queries.orders.empty())
    return wrong_member("answer.order",
                        "is missing: where is the order's id? Write \"/order/id\" for a member of a JSON body or "
                        "{ header = \"Location\" }; an order without one is known by its key in [sql] orders alone");
  if (profile.status.path.empty()) return {};
  if (profile.status.path.front() != '/') return wrong_member("status.path", "must begin with /");
  if (profile.status.path.find("{order}") == std::string::npos)
    return wrong_member("status.path", "has no {order} for the order's id");
  if (profile.status.ends.empty()) return wrong_member("status.ends", "is missing: which values are ends?");
  return check_pointer("status.pointer", profile.status.pointer);
}

}  // namespace

Result<void> check(const Profile& profile) {
  if (auto checked = check_fields(profile); !checked) return checked;
  if (auto checked = check_request(profile); !checked) return checked;
  if (auto checked = check_answer(profile); !checked) return checked;
  for (const TestData& data : profile.test_data) {
    if (data.path.empty() || data.path.front() != '/') return wrong_member("test_data.path", "must begin with /");
    for (const auto& pointer : {data.users, data.products})
      if (auto checked = check_pointer("test_data", pointer); !checked) return checked;
  }
  return {};
}

}  // namespace sagactl
