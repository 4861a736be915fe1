// How a server takes orders: what is sent to it, what its answers mean, when an order has ended, and which
// queries show what its database holds. Everything that sends or waits goes by a profile; those of the
// systems that `sagactl serve` speaks are built in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "loadgen/schedule/assortment.hpp"

namespace sagactl {

struct StatusRange {
  int first = 0, last = 0;
  bool holds(int status) const { return status >= first && status <= last; }
};
using StatusRanges = std::vector<StatusRange>;

// A piece of text in an answer: of a header, or of a body that need be no JSON.
struct TextPlace {
  std::string header = {};  // empty: the body
  // The text begins behind the last `after` and ends before the next `before`. Where neither is said: of a header that
  // is an address what stands behind its last "/", without its query; of another, and of a body, all of it.
  std::string after = {}, before = {};
  friend bool operator==(const TextPlace&, const TextPlace&) = default;
};

// A value in an answer that says something: that of a JSON pointer or of a header is one of these.
struct Telltale {
  std::string pointer;
  std::vector<std::string> values;
  std::string header = {};  // instead of the pointer
};

// JSON pointers (RFC 6901) into the answer; of several the first that is there counts. "" for the order is a body that
// is nothing but its id.
struct AnswerShape {
  std::vector<std::string> order, correlation, status, total;
  std::vector<TextPlace> order_texts = {};  // looked at where no pointer finds the order's id
  bool ids_are_uuids = false;               // anything else is no id
  bool names_orders() const { return !order.empty() || !order_texts.empty(); }
};

// What an answer's HTTP status means; looked at in this order. What is in none: below 500 rejected, else
// indeterminate. Our own nodes answer 503 only where nothing was done.
struct OutcomeRules {
  StatusRanges duplicate = {{409, 409}};
  std::vector<Telltale> duplicate_tells;  // any of them must be there too; empty: the status says enough
  StatusRanges accepted = {{200, 299}};
  StatusRanges rejected = {{100, 499}, {503, 503}};
};

// Asked for one order, until the value is one of the ends.
struct StatusQuestion {
  std::string path;  // a template: {order} is the order's id; empty: it cannot be asked
  std::string pointer;
  std::vector<std::string> ends;
};

// What has to be done on the server before the first order: {run} and {users}, how many there are to be, are
// filled into the path and the body.
struct TestData {
  std::string method = "POST";
  std::string path = {};
  std::string body = "{}";
  // JSON pointers to lists in the answer, and the members of their elements; empty: not from there.
  std::string users = {}, user_id = {};
  std::string products = {}, product_id = {}, product_name = {}, product_price = {};
};

// SQL for the checks, with columns by name; {prefix} is how the run's products and keys begin, {run} its
// name. Empty: it cannot be seen.
struct ProfileQueries {
  std::string orders;    // order_id, created_us; optional: node, status, key, product, quantity, ended_us
  std::string steps;     // order_id, step, state (done or undone), at_us; optional: node
  std::string stock;     // product, initial, available; optional: reserved, sold
  std::string payments;  // order_id, kind (capture or refund), amount
  std::vector<std::string> completed,
      undone;  // statuses of orders that ended well, or with nothing in effect
  bool any() const { return !orders.empty() || !steps.empty() || !stock.empty() || !payments.empty(); }
};

struct Profile {
  enum class Accounts { none, registered };  // registered: as system A's nodes have them
  enum class DuplicatesBy { product, key };

  std::string name;
  bool is_ours = false;  // its database is read by the checks of `sagactl` itself
  Accounts accounts = Accounts::none;
  // What makes two orders the same: their products, or the key that they carry.
  DuplicatesBy duplicates_by = DuplicatesBy::key;

  // Templates. {items} in the body is `item` for each item, with commas between them.
  std::string method = "POST";
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body, item;
  OwnFields fields;  // the profile's own; a way to fail may say something else for some

  AnswerShape answer;
  OutcomeRules outcome;
  StatusQuestion status;
  std::vector<TestData> test_data;  // one after the other
  ProfileQueries queries;

  std::vector<CatalogueProduct> catalogue;  // {run} is filled into the ids
  std::vector<FailWay> fail_ways;
  std::vector<std::string> users;  // whom to order for, if neither accounts nor test data say
};

// order, checkout, checkout-choreography, purchase; null for another name.
const Profile* find_builtin_profile(std::string_view name);
std::vector<std::string> builtin_profile_names();
const Profile& order_profile();

// `invalid` with the member that is wrong, by its name in a profile file.
Result<void> check(const Profile& profile);

}  // namespace sagactl
