#include "cli/loadtest/order_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/loadtest/order_status.hpp"
#include "cli/loadtest/seen_times.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "loadgen/orders/product.hpp"

namespace sagactl {
namespace {

constexpr int page_not_found = 404;
constexpr std::string_view page_field = "{page}", next_field = "{next}";

bool is_address(std::string_view next) {
  return next.starts_with('/') || next.starts_with("http://") || next.starts_with("https://");
}

// "created_at" -> "created_us": times are read here.
std::string column_of(const std::string& name) {
  return name.ends_with("_at") ? name.substr(0, name.size() - 2) + "us" : name;
}

// Whether the server will answer the same when it is asked again.
bool is_refusal(const Result<HttpResponse>& response) {
  constexpr int first = 400, last = 499, timed_out = 408, too_early = 425, too_many_requests = 429;
  if (!response || response->status < first || response->status > last) return false;
  return response->status != timed_out && response->status != too_early && response->status != too_many_requests;
}

std::string path_of(const ListQuery& list, std::string_view run, std::string_view next, std::size_t page) {
  if (is_address(next)) return std::string(next);
  std::string path = list.path;
  replace_all(path, "{prefix}", percent_encode(product_prefix(run)));
  replace_all(path, "{run}", run);
  replace_all(path, page_field, std::to_string(page));
  replace_all(path, next_field, percent_encode(next));
  return path;
}

}  // namespace

OrderList::OrderList(const Profile& profile, const Ledger& ledger, const OrderStatuses* statuses)
    : profile_(profile), statuses_(statuses), run_began_(ledger.started_at) {
  for (const auto& [name, pointer] : profile.list.columns) names_.push_back(column_of(name));
  has_status_ = !profile.list.pointer_of("status").empty();
  if (!has_status_ && statuses) names_.emplace_back("status");
  if (profile.list.pointer_of("created_at").empty()) names_.emplace_back("created_us");
}

void OrderList::add(const Json& order) {
  Cells cells;
  std::string id, key;
  for (const auto& [name, pointer] : profile_.list.columns) {
    auto text = seen_text(order, pointer);
    if (name == "order_id") id = text.value_or("");
    if (name == "key") key = text.value_or("");
    if (text && name.ends_with("_at"))
      if (const auto time = seen_time(order[Json::json_pointer(pointer)])) text = std::to_string(time->us);
    cells.push_back(std::move(text));
  }
  if (has_several_viewers_ && first_seen_by_.try_emplace(id, viewer_).first->second != viewer_) return;
  // Pages shift when an order is added meanwhile, and what was at the end of one is then on the next as well.
  if (!seen_.insert(fmt::format("{}\n{}", id, key)).second) return;
  if (!has_status_ && statuses_) {
    cells.push_back(statuses_->status_of(id));
    if (!cells.back()) unseen_.orders.insert(order_ref(id));
  }
  if (names_.size() > cells.size())
    cells.emplace_back(std::to_string(run_began_.us + static_cast<std::int64_t>(rows_.size())));
  rows_.push_back(std::move(cells));
}

Result<std::optional<std::string>> OrderList::add_page(const std::string& path, const Json& page) {
  const Json::json_pointer place(profile_.list.items);
  if (!page.contains(place) || !page[place].is_array())
    return Error{ErrorCode::invalid,
                 fmt::format("the answer to GET {} has no list at '{}' (list.orders)", path, profile_.list.items)};
  const Json& orders = page[place];
  for (const Json& order : orders) add(order);
  if (rows_.size() > orders_max)
    return Error{
        ErrorCode::too_large,
        fmt::format("the server lists more than {} orders: can list.path ask for those of {{prefix}}?", orders_max)};
  const bool is_counted = profile_.list.path.find(page_field) != std::string::npos;
  std::optional<std::string> next;
  if (!profile_.list.next.empty())
    next = seen_text(page, profile_.list.next);
  else if (is_counted && !orders.empty())
    next = "";
  if (next && next->empty() && !is_counted) next.reset();
  return next;
}

Result<void> OrderList::add_pages(ServerQueries& queries, const std::string& run, const HttpHeaders& viewer) {
  const bool is_counted = profile_.list.path.find(page_field) != std::string::npos;
  std::string next, last_path;
  Json last_body;
  for (std::size_t page = 1; page <= pages_max; ++page) {
    const std::string path = path_of(profile_.list, run, next, page);
    if (path == last_path) break;  // the server has no further pages
    last_path = path;
    if (!queries.may_ask()) return Error{ErrorCode::busy, "the server wants no further request yet (Retry-After)"};
    const auto response = queries.get(path, viewer);
    if (is_counted && page > 1 && response && response->status == page_not_found) break;  // behind the last page
    if (!response || !response->ok())
      return Error{is_refusal(response) ? ErrorCode::invalid : ErrorCode::unavailable, useless_answer(path, response)};
    const auto body = response->json();
    if (!body) return Error{ErrorCode::invalid, fmt::format("the answer to GET {} is not JSON", path)};
    if (is_counted && page > 1 && *body == last_body)
      break;  // the server has no pages, and answers any number with everything
    last_body = *body;
    auto more = add_page(path, *body);
    if (!more) return more.error();
    if (!*more) break;
    next = **more;
  }
  return {};
}

OrderList OrderList::read(ServerQueries& queries, const Profile& profile, const Ledger& ledger,
                          const OrderStatuses* statuses) {
  OrderList list(profile, ledger, statuses);
  list.has_several_viewers_ = queries.viewers().size() > 1;
  for (const HttpHeaders& viewer : queries.viewers()) {
    const auto added = list.add_pages(queries, ledger.run, viewer);
    if (!added && list.is_complete()) {
      list.unseen_.any = true;
      list.unseen_.is_final = added.error().code == ErrorCode::invalid || added.error().code == ErrorCode::too_large;
      list.unseen_.why = "the server's list could not be read to its end: " + added.error().message;
    }
    ++list.viewer_;
  }
  if (list.is_complete() && !list.unseen_.orders.empty()) {
    list.unseen_.why = statuses->unseen().why;
    if (list.unseen_.why.empty()) list.unseen_.why = "the server's list has orders whose status is not known";
  }
  return list;
}

std::uint16_t OrderList::viewer_of(const std::string& order) const {
  const auto found = first_seen_by_.find(order);
  return found == first_seen_by_.end() ? std::uint16_t{0} : found->second;
}

RowSource OrderList::source() const {
  return {.name = "the server's list", .where = "in the server's list", .orders = "list"};
}

Result<std::vector<std::string>> OrderList::columns(const ForeignQuery&) {
  return names_;
}

Result<void> OrderList::each_row(const ForeignQuery&, const std::function<Result<void>(const ForeignRow&)>& visit) {
  std::vector<std::optional<std::string_view>> values(names_.size());
  for (const Cells& cells : rows_) {
    std::copy(cells.begin(), cells.end(), values.begin());
    if (auto visited = visit(ForeignRow(names_, values)); !visited) return visited;
  }
  return {};
}

}  // namespace sagactl
