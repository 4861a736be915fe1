// `sagactl order`: creates, shows, lists, cancels and confirms orders.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <utility>

#include "analysis/readable.hpp"
#include "cli/client/id_prefix.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "cli/client/order_system.hpp"
#include "cli/client/saga_wait.hpp"
#include "cli/commands.hpp"
#include "cli/flag.hpp"
#include "cli/output/fields.hpp"
#include "cli/output/table.hpp"
#include "common/money.hpp"
#include "server/participants/order.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t quantity_max = 1'000'000'000;  // the limit of the nodes
constexpr int items_max = 1000;
constexpr Money default_price{1000};  // 10.00

struct OrderFlags {
  OrderSystem system = OrderSystem::order;
  std::string id;
  OrderRequest request;
  std::optional<Duration> wait;
  std::optional<std::string> status;
  std::int64_t page = 1;
  std::int64_t limit = 20;
  std::string reason;
  std::string payment;
};

// Splits at colons. A colon that belongs to the product is escaped with a backslash.
std::vector<std::string> split_item(const std::string& text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ':' || text[i + 1] == '\\');
    if (escaped)
      parts.back() += text[++i];
    else if (text[i] == ':')
      parts.emplace_back();
    else
      parts.back() += text[i];
  }
  return parts;
}

// PRODUCT[:QUANTITY[:PRICE]]
Result<OrderItem> parse_item(const std::string& text) {
  const std::vector<std::string> parts = split_item(text);
  const Error wrong{ErrorCode::invalid,
                    "'" + text +
                        "' is not PRODUCT[:QUANTITY[:PRICE]], such as BOOK:2:9.50; write \\: for a colon in "
                        "the product"};
  if (parts.empty() || parts.size() > 3 || parts[0].empty()) return wrong;
  OrderItem item;
  item.product_id = item.product_name = parts[0];
  item.price = default_price;
  if (parts.size() > 1) {
    const auto quantity = parse_whole_number(parts[1], 1, quantity_max);
    if (!quantity) return Error{ErrorCode::invalid, "quantity " + quantity.error().message};
    item.quantity = *quantity;
  }
  if (parts.size() > 2) {
    const auto price = parse_money(parts[2]);
    if (!price) return Error{ErrorCode::invalid, "price " + price.error().message};
    item.price = *price;
  }
  return item;
}

void print_order(const Invocation& invocation, const Json& order) {
  const Json& saga = json_member(order, "saga");
  std::string saga_text;
  if (saga.is_object()) {
    const std::string status = text_member(saga, "status");
    const std::string took = time_between(json_member(saga, "createdAt"), json_member(saga, "updatedAt"));
    saga_text = invocation.paint.status(status) + (is_final_status(status) ? " after " + took : ", not ended yet");
    if (const std::string error = text_member(saga, "errorMessage"); !error.empty()) saga_text += ": " + error;
  }
  print(invocation.terminal.out,
        {{"order", text_member(order, "id")},
         {"status", invocation.paint.status(text_member(order, "status"))},
         {"saga", saga_text},
         {"total", money_member(order, "totalAmount")},
         {"customer", text_member(order, "customerId")},
         {"items", items_text(order, "productId")},
         {"address", text_member(order, "shippingAddress")},
         {"node", text_member(order, "nodeId")},
         {"payment", text_member(order, "paymentId")},
         {"cancelled", text_member(order, "cancelReason")},
         {"correlation", text_member(order, "correlationId")},
         {"created", text_member(order, "createdAt")}},
        invocation.terminal.table_width());
}

// For systems that list all of their newest orders: filters by status, and cuts out one page.
Json page_of(const OrderFlags& flags, const Json& all) {
  const std::string_view type = flags.system == OrderSystem::checkout                ? checkout_saga
                                : flags.system == OrderSystem::checkout_choreography ? checkout_choreography_saga
                                                                                     : std::string_view();
  Json orders = Json::array();
  std::int64_t total = 0;
  for (const Json& order : all) {
    if (!type.empty() && text_member(order, "sagaType") != type) continue;
    if (flags.status && lower(text_member(order, "status")) != lower(*flags.status)) continue;
    if (total++ / flags.limit == flags.page - 1) orders.push_back(order);
  }
  return Json{{"orders", std::move(orders)},
              {"total", total},
              {"page", flags.page},
              {"limit", flags.limit},
              {"totalPages", (total + flags.limit - 1) / flags.limit}};
}

// An order is refused when there is no stock of what it names, and of an item or a user the node says only the id.
Error with_what_is_missing(Error error) {
  const bool is_unknown_product = error.code == ErrorCode::invalid && !text_member(error.members, "productId").empty();
  if (is_unknown_product) error.code = ErrorCode::not_found;
  if (error.code != ErrorCode::not_found) return error;
  for (const auto& [member, what] : {std::pair("itemId", "item"), std::pair("userId", "user")}) {
    const std::string id = text_member(error.members, member);
    if (id.empty()) continue;
    error.message += fmt::format(": there is no {} '{}'", what, id);
    return with_hint(std::move(error), "POST /purchase/setup-test-data creates users and items to try it with");
  }
  return error;
}

// A duplicate's error names the existing order.
Error with_existing_order(Error error) {
  const std::string existing = text_member(error.members, "existingOrderId");
  if (existing.empty()) return error;
  error.message += " (order " + existing + ")";
  return with_hint(std::move(error),
                   "`sagactl trace " + existing +
                       "` shows it; --idempotency-key replaces the default key, which is derived from the products");
}

void show(Invocation& invocation, OrderSystem system, const Json& order) {
  if (invocation.wants_json())
    invocation.print(order);
  else
    print_order(invocation, normalized_order(system, order));
}

// Waits for the saga, then updates the order and adds the saga to it, whether the saga has ended or not.
Result<ExitCode> await_saga(NodeClient& client, OrderSystem system, Json& order, Duration limit) {
  const Json common = normalized_order(system, order);
  const std::string id = text_member(common, "id");
  auto saga = wait_for_end(client, or_default(text_member(common, "correlationId"), id), limit);
  if (!saga) return saga.error();
  auto now = client.get(order_path(system, id));
  if (!now) return now.error();
  for (const auto& [name, value] : now->items()) order[name] = value;
  order["saga"] = *saga;
  return exit_code_of_saga(text_member(*saga, "status"));
}

Result<ExitCode> create_order(Invocation& invocation, const OrderFlags& flags) {
  const auto request = create_request(flags.system, flags.request);
  if (!request) return request.error();
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto answer = client->send(*request);
  if (!answer) return with_what_is_missing(with_existing_order(answer.error()));
  Json order = order_in_answer(flags.system, *answer);
  ExitCode code = ExitCode::done;
  if (flags.wait) {
    const auto ended = await_saga(*client, flags.system, order, *flags.wait);
    if (!ended) return ended.error();
    code = *ended;
  }
  show(invocation, flags.system, order);
  return code;
}

// The routes of --system order take ids of one form; other systems may have others.
Result<std::string> order_id_of(NodeClient& client, const OrderFlags& flags) {
  return flags.system == OrderSystem::order ? resolve_order_id(client, flags.id) : resolve_id(client, flags.id);
}

Error no_such_order(Error error, const OrderFlags& flags, const std::string& id) {
  std::string list = "sagactl order list";
  if (flags.system != OrderSystem::order) list += " --system " + std::string(to_string(flags.system));
  if (flags.system == OrderSystem::purchase) list += " --user ID";
  return with_what_was_looked_for(std::move(error), "order", id, list);
}

Result<ExitCode> get_order(Invocation& invocation, const OrderFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto id = order_id_of(*client, flags);
  if (!id) return id.error();
  const auto order = client->get(order_path(flags.system, *id));
  if (!order) return no_such_order(order.error(), flags, *id);
  show(invocation, flags.system, *order);
  return ExitCode::done;
}

// {orders, page, totalPages, total} for any system.
Result<Json> find_orders(NodeClient& client, const OrderFlags& flags) {
  if (flags.system == OrderSystem::order) {
    std::string path = "/orders?page=" + std::to_string(flags.page) + "&limit=" + std::to_string(flags.limit);
    if (flags.status) path += "&status=" + percent_encode(*flags.status);
    return client.get(path);
  }
  if (flags.system == OrderSystem::purchase && flags.request.user.empty())
    return Error{ErrorCode::invalid, "--system purchase lists the orders of one user: pass --user ID"};
  const auto all = client.get(flags.system == OrderSystem::purchase
                                  ? "/purchase/user/" + percent_encode(flags.request.user) + "/orders"
                                  : "/api/orders");
  if (!all) return with_what_is_missing(all.error());
  return page_of(flags, *all);
}

Result<ExitCode> list_orders(Invocation& invocation, const OrderFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto found = find_orders(*client, flags);
  if (!found) return found.error();
  if (invocation.wants_json()) {
    invocation.print(*found, "orders");
    return ExitCode::done;
  }
  Table table({{"ORDER", Fit::id, needed},
               {"STATUS", Fit::whole, needed},
               {"TOTAL", Fit::number},
               {"CREATED", Fit::time},
               {"NODE"},
               {"ITEMS"}});
  for (const Json& listed : json_member(*found, "orders")) {
    const Json order = normalized_order(flags.system, listed);
    table.row({text_member(order, "id"), invocation.paint.status(text_member(order, "status")),
               money_member(order, "totalAmount"), text_member(order, "createdAt"),
               or_default(text_member(order, "nodeId")), items_text(order, "productId")});
  }
  if (table.empty() && integer_member(*found, "total") == 0) {
    invocation.info("no orders");
    return ExitCode::done;
  }
  if (!table.empty()) table.print(invocation.terminal.out, invocation.terminal.table_width());
  invocation.info(page_text(*found, "order"));
  return ExitCode::done;
}

Result<Json> cancel(NodeClient& client, const OrderFlags& flags, const std::string& id) {
  Json body = Json::object();
  if (!flags.reason.empty()) body["reason"] = flags.reason;
  const std::string path = order_path(flags.system, id);
  switch (flags.system) {
    case OrderSystem::order:
      return client.del(path, body);
    case OrderSystem::checkout:
    case OrderSystem::checkout_choreography:
      return client.post(path + "/cancel", body);
    case OrderSystem::purchase:
      break;
  }
  return with_hint(Error{ErrorCode::invalid, "a purchase cannot be cancelled by its buyer"},
                   "`sagactl compensate " + id + "` undoes it");
}

Result<ExitCode> cancel_order(Invocation& invocation, const OrderFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto id = order_id_of(*client, flags);
  if (!id) return id.error();
  const auto answer = cancel(*client, flags, *id);
  if (!answer) return no_such_order(answer.error(), flags, *id);
  if (invocation.wants_json())
    invocation.print(*answer);
  else
    invocation.terminal.out << "order " << *id << " is cancelled\n";
  return ExitCode::done;
}

Result<ExitCode> confirm_order(Invocation& invocation, const OrderFlags& flags) {
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  const auto id = order_id_of(*client, flags);
  if (!id) return id.error();
  const auto answer = client->put("/orders/" + percent_encode(*id) + "/confirm", Json{{"paymentId", flags.payment}});
  if (!answer) return no_such_order(answer.error(), flags, *id);
  if (invocation.wants_json())
    invocation.print(*answer);
  else
    invocation.terminal.out << "order " << *id << " is confirmed with payment " << flags.payment << "\n";
  return ExitCode::done;
}

void add_system(CLI::App& app, OrderFlags& flags) {
  add_choice(app, "--system", flags.system, "Order system [order]");
}

void add_create(CLI::App& group, Commands& commands, const std::shared_ptr<OrderFlags>& flags) {
  CLI::App* app = add_command(group, "create", "Create an order and start its saga");
  add_system(*app, *flags);
  const auto take_item = [flags](const std::string& text) -> Result<void> {
    auto item = parse_item(text);
    if (!item) return item.error();
    flags->request.priced |= split_item(text).size() > 2;
    flags->request.items.push_back(std::move(*item));
    return {};
  };
  add_flag_with(*app, "--item", take_item, "PRODUCT[:QUANTITY[:PRICE]]",
                "Product, quantity and price; may be repeated [:1:10.00]")
      .repeatable(items_max)
      .required();
  add_text(*app, "--customer", flags->request.customer, "NAME", "Customer of a checkout");
  add_text(*app, "--user", flags->request.user, "ID", "User of a purchase");
  add_text(*app, "--address", flags->request.address, "TEXT", "Shipping address [to be collected]");
  add_text(*app, "--idempotency-key", flags->request.idempotency_key, "KEY",
           "Idempotency key; orders with the same key count as one [derived from the products]");
  add_wait_flag(*app, flags->wait);
  set_examples(*app, {"sagactl order create --item BOOK:2:9.50 --item PEN --wait",
                      "sagactl order create --system checkout --customer ann --item PROD001:1:1000"});
  commands.add(app, [flags](Invocation& invocation) { return create_order(invocation, *flags); });
}

void add_id(CLI::App& app, OrderFlags& flags) {
  add_text(app, "order", flags.id, "ORDER-ID", "Order id, or its first digits").required();
}

}  // namespace

void add_order(CLI::App& root, Commands& commands) {
  const auto flags = std::make_shared<OrderFlags>();
  CLI::App* group = add_command_group(root, "order", "Create, show, list, cancel and confirm orders", operations_group);
  add_create(*group, commands, flags);

  CLI::App* get = add_command(*group, "get", "Show an order");
  add_system(*get, *flags);
  add_id(*get, *flags);
  commands.add(get, [flags](Invocation& invocation) { return get_order(invocation, *flags); });

  CLI::App* list = add_command(*group, "list", "List orders, newest first");
  add_system(*list, *flags);
  add_text(*list, "--status", flags->status, "pending|processing|paid|shipped|delivered|cancelled|failed",
           "Only orders with this status");
  add_text(*list, "--user", flags->request.user, "ID", "User whose purchases to list");
  add_number(*list, "--page", flags->page, 1, 1'000'000'000, "Page number [1]");
  add_number(*list, "--limit", flags->limit, 1, 100, "Orders per page [20]");
  commands.add(list, [flags](Invocation& invocation) { return list_orders(invocation, *flags); });

  CLI::App* cancel = add_command(*group, "cancel", "Cancel an order; its saga refunds what was charged");
  add_system(*cancel, *flags);
  add_id(*cancel, *flags);
  add_text(*cancel, "--reason", flags->reason, "TEXT", "Reason to record");
  commands.add(cancel, [flags](Invocation& invocation) { return cancel_order(invocation, *flags); });

  CLI::App* confirm = add_command(*group, "confirm", "Mark a pending order as paid");
  add_id(*confirm, *flags);
  add_text(*confirm, "--payment", flags->payment, "PAYMENT-ID", "Id of the payment").required();
  commands.add(confirm, [flags](Invocation& invocation) { return confirm_order(invocation, *flags); });
}

}  // namespace sagactl
