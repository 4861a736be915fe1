// How a server takes orders: what is sent to it, what its answers mean, when an order has ended, and which queries read
// its database. The profiles of the systems of `sagactl serve` are built in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "loadgen/faults/fault_plan.hpp"
#include "loadgen/orders/product_plan.hpp"
#include "loadgen/profile/answer_shape.hpp"
#include "loadgen/profile/journey.hpp"
#include "loadgen/profile/mongo_query.hpp"

namespace sagactl {

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

// A query for the checks, for one kind of database, with columns by name; {prefix} is the prefix of the run's products
// and keys, {run} its name. Empty: no such data.
struct ProfileQuery {
  std::string sql;
  MongoQuery mongo;
  bool is_mongo() const { return !mongo.collection.empty(); }
  bool empty() const { return sql.empty() && !is_mongo(); }
};

struct ProfileQueries {
  ProfileQuery orders;    // order_id, created_us; optional: node, status, key, product, quantity, user, ended_us
  ProfileQuery steps;     // order_id, step, state (done or undone), at_us; optional: node
  ProfileQuery stock;     // product, initial, available; optional: reserved, sold
  ProfileQuery payments;  // order_id, kind (capture or refund), amount
  std::vector<std::string> completed, undone;  // statuses of orders that succeeded, or ended without effect
  bool any() const { return !orders.empty() || !steps.empty() || !stock.empty() || !payments.empty(); }
};

struct Profile {
  enum class Accounts { none, registered };  // registered: the accounts of the order system
  enum class DuplicatesBy { product, key };
  static constexpr std::uint32_t users_max = 60'000;  // a ledger counts them in 16 bits

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
  Journey journey;      // the steps beside this request

  AnswerShape answer;
  OutcomeRules outcome;
  StatusQuery status;
  ListQuery list;
  std::vector<TestDataRequest> test_data;  // in this order
  ProfileQueries queries;

  FaultPlan faults;  // in addition to those of the command line

  std::vector<CatalogueProduct> catalogue;  // {run} is filled into the ids
  std::vector<FailureVariant> failure_variants;
  std::vector<std::string> users;  // of the orders, if there are neither accounts nor users from test data
};

// order, checkout, checkout-choreography, purchase; null for another name.
const Profile* find_builtin_profile(std::string_view name);
std::vector<std::string> builtin_profile_names();
const Profile& order_profile();

// One text for each mistake, beginning with the member in a profile file: "create.path: must begin with /". Empty for a
// profile that can be used.
std::vector<std::string> profile_faults(const Profile& profile);

// `invalid` with all of them, one on each line.
Result<void> check(const Profile& profile);

// Why an order has only one item, where it does: "create.body has no {items}". "": it may have several.
std::string why_one_item(const Profile& profile);

}  // namespace sagactl
