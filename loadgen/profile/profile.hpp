// How a server takes orders: what is sent to it, what its answers mean, when an order has ended, and which queries read
// its database. The profiles of the systems of `sagactl serve` are built in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "loadgen/orders/product_plan.hpp"

namespace sagactl {

struct StatusRange {
  int first = 0, last = 0;
  bool holds(int status) const { return status >= first && status <= last; }
};
using StatusRanges = std::vector<StatusRange>;

// Where a text is found in an answer: in a header, or in a body that need not be JSON.
struct TextLocation {
  std::string header = {};  // empty: the body
  // The text starts after the last `after` and ends before the next `before`. Without both: for a header that is a URL,
  // its last path segment; otherwise the complete header or body.
  std::string after = {}, before = {};
  friend bool operator==(const TextLocation&, const TextLocation&) = default;
};

// Matches an answer in which the value at a JSON pointer, or of a header, is one of `values`.
struct AnswerMarker {
  std::string pointer;
  std::vector<std::string> values;
  std::string header = {};  // instead of the pointer
};

// JSON pointers (RFC 6901) into the answer; the first of several that exists counts. "" for the order id: the body is
// the id and nothing else.
struct AnswerShape {
  std::vector<std::string> order, correlation, status, total;
  std::vector<TextLocation> order_texts = {};  // used when no pointer finds the order's id
  bool ids_are_uuids = false;                  // other values are not ids
  bool names_orders() const { return !order.empty() || !order_texts.empty(); }
};

// What an answer's HTTP status means, in this order of precedence. Statuses in none: below 500 rejected, otherwise
// indeterminate. Our own nodes answer 503 only where nothing was done.
struct OutcomeRules {
  StatusRanges duplicate = {{409, 409}};
  std::vector<AnswerMarker> duplicate_markers;  // one of them must match too; empty: the status suffices
  StatusRanges accepted = {{200, 299}};
  StatusRanges rejected = {{100, 499}, {503, 503}};
  // Of the indeterminate ones: an order with such an answer may take effect. A gateway does not know what was done.
  StatusRanges unclear = {{502, 502}, {504, 504}};
};

// How to ask for the status of one order, until it is one of the ends.
struct StatusQuery {
  std::string path;  // a template: {order} is the order's id; empty: it cannot be queried
  std::string pointer;
  std::vector<std::string> ends;
  // Pointers to the times at which the order was created and ended, by one clock; empty: seen by polling.
  std::string created = {}, ended = {};
};

// How to list the orders of the server, where its database cannot be read.
struct ListQuery {
  std::string path;   // a template: {prefix}, {run}, and {page}, from 1; empty: they cannot be listed
  std::string items;  // pointer to the list in the answer; "": the answer is the list
  std::string next;   // pointer to the address, or the cursor for {next} in the path, of the next page; "": none
  // Pointers within an order, by the name of the column in [sql] orders.
  std::vector<std::pair<std::string, std::string>> columns;
  std::string pointer_of(std::string_view column) const;  // "" for none
};

// A request that prepares test data before the first order. {run} and {users} (the number of users) are filled into
// path and body.
struct TestDataRequest {
  std::string method = "POST";
  std::string path = {};
  std::string body = "{}";
  // JSON pointers to lists in the answer, and members of their elements; empty: not used.
  std::string users = {}, user_id = {};
  std::string products = {}, product_id = {}, product_name = {}, product_price = {};
};

// SQL for the checks, with columns by name; {prefix} is the prefix of the run's products and keys, {run} its
// name. Empty: no such data.
struct ProfileQueries {
  std::string orders;    // order_id, created_us; optional: node, status, key, product, quantity, ended_us
  std::string steps;     // order_id, step, state (done or undone), at_us; optional: node
  std::string stock;     // product, initial, available; optional: reserved, sold
  std::string payments;  // order_id, kind (capture or refund), amount
  std::vector<std::string> completed, undone;  // statuses of orders that succeeded, or ended without effect
  bool any() const { return !orders.empty() || !steps.empty() || !stock.empty() || !payments.empty(); }
};

struct Profile {
  enum class Accounts { none, registered };  // registered: the accounts of the order system
  enum class DuplicatesBy { product, key };

  std::string name;
  bool is_ours = false;  // a system of `sagactl serve`: its database is read by the checks themselves
  Accounts accounts = Accounts::none;
  // What identifies duplicates: the products of orders, or their key.
  DuplicatesBy duplicates_by = DuplicatesBy::key;

  // Templates. {items} in the body is `item` for each item, separated by commas.
  std::string method = "POST";
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body, item;
  CustomFields fields;  // custom fields of the profile; a failure variant may replace some values

  AnswerShape answer;
  OutcomeRules outcome;
  StatusQuery status;
  ListQuery list;
  std::vector<TestDataRequest> test_data;  // in this order
  ProfileQueries queries;

  std::vector<CatalogueProduct> catalogue;  // {run} is filled into the ids
  std::vector<FailureVariant> failure_variants;
  std::vector<std::string> users;  // of the orders, if there are neither accounts nor users from test data
};

// order, checkout, checkout-choreography, purchase; null for another name.
const Profile* find_builtin_profile(std::string_view name);
std::vector<std::string> builtin_profile_names();
const Profile& order_profile();

// `invalid` with the wrong member, by its name in a profile file.
Result<void> check(const Profile& profile);

}  // namespace sagactl
