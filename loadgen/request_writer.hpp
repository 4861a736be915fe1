// The bytes of order requests: made once per kind of order, with the few that differ written over for each.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "httpclient/url.hpp"
#include "loadgen/product.hpp"

namespace sagactl {

// Any number of threads may write at once, also while one renews tokens.
class RequestWriter {
 public:
  struct Run {
    std::string id;
    std::uint64_t seed = 0;
    std::uint32_t items = 1;
    std::vector<Url> targets;
    std::vector<std::string> tokens;  // by user
  };
  explicit RequestWriter(const Run& run);

  struct Order {
    std::uint64_t operation = 0;
    std::uint32_t group = 0;
    OrderKind kind = OrderKind::single;
    std::uint16_t user = 0;
    std::uint16_t target = 0;
  };
  // Writes the whole request to `out`, which has room for size_max(), and returns its size. Allocates
  // nothing.
  std::size_t write(const Order& order, char* out) const;
  std::size_t size_max() const { return size_max_; }

  // The user's requests carry this token from now on. False, and nothing changed, if it is much longer than
  // the tokens at the start were: there would be no room for it.
  bool renew(std::size_t user, const std::string& token);

 private:
  struct Item {
    std::size_t group, price, quantity;  // where in the text their digits begin
  };
  // The headers from Content-Type on, and the body, of one kind of order.
  struct Kind {
    std::string text;
    std::size_t correlation = 0;
    std::vector<Item> items;
  };
  static Kind make_kind(const Run& run, OrderKind kind);

  std::uint64_t seed_;
  std::uint64_t correlation_key_;
  std::vector<std::string> starts_;                             // by target
  std::deque<std::atomic<const std::string*>> authorizations_;  // by user: one of the following
  std::vector<std::unique_ptr<const std::string>> all_authorizations_;
  std::size_t authorization_max_ = 0;
  std::vector<Kind> kinds_;  // by OrderKind
  std::size_t size_max_ = 0;
};

}  // namespace sagactl
