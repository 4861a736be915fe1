#include "loadgen/profile/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "common/text/text.hpp"
#include "loadgen/profile/journey_check.hpp"
#include "loadgen/profile/profile_headers.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {
namespace {

constexpr int http_status_first = 100, http_status_last = 599;

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

// Whether a template has one of the fields. What is no field at all is a fault of the journey's check, which knows what
// its steps keep.
bool has_field_of(const Profile& profile, const std::string& text, std::initializer_list<TemplateField> fields) {
  const auto parsed = parse_template(with_custom_fields(text, profile.fields, {}), template_names(profile.journey));
  return parsed && std::any_of(parsed->begin(), parsed->end(), [&](const TemplatePiece& piece) {
           return std::find(fields.begin(), fields.end(), piece.field) != fields.end();
         });
}

// All but the journey.
class ProfileCheck {
 public:
  explicit ProfileCheck(const Profile& profile) : profile_(profile) {}

  std::vector<std::string> faults() {
    check_fields();
    check_request();
    check_answer();
    check_status();
    check_ends();
    check_catalogue();
    check_users();
    check_list();
    for (std::size_t i = 0; i < profile_.test_data.size(); ++i) check_test_data(i);
    return std::move(faults_);
  }

 private:
  void add(std::string_view member, std::string_view what) { faults_.push_back(fmt::format("{}: {}", member, what)); }

  void add_pointer_fault(std::string_view member, const std::string& pointer) {
    if (pointer.empty()) return;
    if (const std::string fault = json_pointer_fault(pointer); !fault.empty()) add(member, fault);
  }

  void check_path(std::string_view member, const std::string& path) {
    if (path.empty() || path.front() != '/') add(member, "must begin with /");
  }

  void refuse_items(std::string_view member, const std::string& text) {
    if (has_field_of(profile_, text, {TemplateField::items}))
      add(member, "'{items}' is not allowed here: it belongs to the body of [create]");
  }

  void check_fields() {
    for (const auto& [name, value] : profile_.fields)
      if (auto checked = check_field_name(name); !checked) add("create.fields", checked.error().message);
    for (std::size_t i = 0; i < profile_.failure_variants.size(); ++i)
      for (const auto& [name, value] : profile_.failure_variants[i].fields)
        if (find_field(profile_.fields, name) == nullptr)
          add(fmt::format("fail[{}].fields", i),
              fmt::format("'{}' is not in create.fields, which has the values of other orders", name));
  }

  void check_request() {
    const std::string& path = profile_.path;
    check_path("create.path", path);
    refuse_items("create.path", path);
    const auto is_wrong = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '#'; };
    if (std::any_of(path.begin(), path.end(), is_wrong))
      add("create.path", "has a space, a # or a control character: write %20 for a space");
    const std::string& method = profile_.method;
    if (method.empty()) add("create.method", "is missing");
    if (std::any_of(method.begin(), method.end(), [](char c) { return c < 'A' || c > 'Z'; }))
      add("create.method", "must be in capital letters, such as POST");
    for (std::string& fault : header_faults(profile_.headers, "create.headers")) faults_.push_back(std::move(fault));
    for (const auto& [header, value] : profile_.headers) refuse_items("create.headers." + header, value);
    refuse_items("create.item", profile_.item);
  }

  void check_answer() {
    const AnswerShape& answer = profile_.answer;
    for (const auto& [name, pointers] :
         {std::pair{"answer.order", &answer.order}, std::pair{"answer.correlation", &answer.correlation},
          std::pair{"answer.status", &answer.status}, std::pair{"answer.total", &answer.total}})
      for (const std::string& pointer : *pointers) add_pointer_fault(name, pointer);
    const OutcomeRules& outcome = profile_.outcome;
    for (const auto& [name, markers] : {std::pair{"outcome.duplicate_if", &outcome.duplicate_markers},
                                        std::pair{"outcome.rejected_if", &outcome.rejected_markers}})
      for (const AnswerMarker& marker : *markers) add_pointer_fault(name, marker.pointer);
    if (!accepts_anything(outcome))
      add("outcome.accepted",
          "each of its statuses is also in duplicate, so that no order is accepted: give duplicate_if for what tells a "
          "repeated order apart");
    if (!answer.names_orders() && profile_.queries.orders.empty() && profile_.list.path.empty())
      add("answer.order",
          "is missing: where is the order's id? Write \"/order/id\" for a member of a JSON body or "
          "{ header = \"Location\" }; without it, orders are found only by their key in the database");
  }

  void check_status() {
    const StatusQuery& status = profile_.status;
    if (status.path.empty()) return;
    check_path("status.path", status.path);
    if (status.path.find("{order}") == std::string::npos) add("status.path", "has no {order} for the order's id");
    if (status.ends.empty()) add("status.completed", "or undone or ends is missing: which values are final?");
    if (status.created.empty() != status.ended.empty())
      add("status.created_at", "and ended_at must be given together: both are times of the server's clock");
    for (const auto& [name, pointer] :
         {std::pair{"status.pointer", &status.pointer}, std::pair{"status.created_at", &status.created},
          std::pair{"status.ended_at", &status.ended}})
      add_pointer_fault(name, *pointer);
  }

  // Also without a path: the statuses in a database have the same words.
  void check_ends() {
    const ProfileQueries& queries = profile_.queries;
    for (const std::string& word : queries.undone)
      if (std::find(queries.completed.begin(), queries.completed.end(), word) != queries.completed.end())
        add("status.undone", fmt::format("'{}' is also in completed: is such an order in effect or not?", word));
  }

  void check_catalogue() {
    std::set<std::string_view> ids;
    for (std::size_t i = 0; i < profile_.catalogue.size(); ++i)
      if (const std::string& id = profile_.catalogue[i].id; !ids.insert(id).second)
        add(fmt::format("product[{}].id", i), fmt::format("'{}' is there twice", id));
  }

  void check_users() {
    if (profile_.users.size() > Profile::users_max)
      add("users", fmt::format("has more than {} names", Profile::users_max));
  }

  void check_list() {
    const ListQuery& list = profile_.list;
    if (list.path.empty()) return;
    check_path("list.path", list.path);
    const bool by_cursor = list.path.find("{next}") != std::string::npos;
    if (by_cursor && list.next.empty())
      add("list.next", "is missing: where is the cursor of the next page, for {next} in the path?");
    if (by_cursor && list.path.find("{page}") != std::string::npos)
      add("list.path", "has both {page} and {next}: pages are counted or have a cursor");
    if (list.pointer_of("order_id").empty())
      add("list.order_id", "is missing: where is the id within an order of the list?");
    if (!list.pointer_of("ended_at").empty() && list.pointer_of("created_at").empty())
      add("list.ended_at", "needs created_at");
    add_pointer_fault("list.orders", list.items);
    add_pointer_fault("list.next", list.next);
    for (const auto& [column, pointer] : list.columns) add_pointer_fault(fmt::format("list.{}", column), pointer);
  }

  void check_test_data(std::size_t place) {
    const TestDataRequest& data = profile_.test_data[place];
    const std::string member = fmt::format("test_data[{}]", place);
    check_path(fmt::format("{}.path", member), data.path);
    add_pointer_fault(fmt::format("{}.users", member), data.users);
    add_pointer_fault(fmt::format("{}.products", member), data.products);
  }

  const Profile& profile_;
  std::vector<std::string> faults_;
};

}  // namespace

std::string ListQuery::pointer_of(std::string_view column) const {
  for (const auto& [name, pointer] : columns)
    if (name == column) return pointer;
  return {};
}

std::vector<std::string> profile_faults(const Profile& profile) {
  std::vector<std::string> faults = ProfileCheck(profile).faults();
  for (std::string& fault : journey_faults(profile))
    if (std::find(faults.begin(), faults.end(), fault) == faults.end()) faults.push_back(std::move(fault));
  return faults;
}

std::string why_one_item(const Profile& profile) {
  using enum TemplateField;
  const auto has_item = [&](const std::string& text) {
    return has_field_of(profile, text, {product, product_json, name, quantity, price, cents});
  };
  if (has_item(profile.path)) return "create.path has a field of its item";
  for (const auto& [header, value] : profile.headers)
    if (has_item(value)) return fmt::format("create.headers.{} has a field of its item", header);
  if (profile.body == "{items}") return "its item is the body";
  if (!has_field_of(profile, profile.body, {items})) return "create.body has no {items}";
  return {};
}

Result<void> check(const Profile& profile) {
  const std::vector<std::string> faults = profile_faults(profile);
  if (faults.empty()) return {};
  return Error{ErrorCode::invalid, join(faults, "\n")};
}

}  // namespace sagactl
