// Writes order requests: a profile's templates are parsed once, and each request is assembled from their pieces without
// allocating.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "httpclient/connecting/connect_options.hpp"
#include "httpclient/url.hpp"
#include "loadgen/orders/product_plan.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {

struct LoadUser {
  std::string id;
  std::string token;  // "": no Authorization header
  bool id_is_number = false;
};

struct RequestWriterSetup {
  Profile profile = order_profile();  // must have passed check()
  ProductPlan plan;
  std::vector<Url> targets;
  std::optional<HttpProxy> proxy = {};  // that forwards the requests to targets of http
  std::vector<LoadUser> users;
  bool close = false;       // each request asks to close its connection
  bool compressed = false;  // each request accepts a compressed answer
};

struct PlannedOrder {
  std::uint64_t operation = 0;
  std::uint32_t group = 0;
  OrderKind kind = OrderKind::single;
  std::uint16_t user = 0;
  std::uint16_t target = 0;
};

// Thread-safe, also while a thread renews tokens.
class RequestWriter {
 public:
  explicit RequestWriter(const RequestWriterSetup& setup);

  // Writes the complete request to `out`, which has room for size_max(), and returns its size.
  std::size_t write(const PlannedOrder& order, char* out) const;
  std::size_t size_max() const { return size_max_; }
  bool closes() const { return closes_; }  // each request asks to close its connection

  // Changes the token of the user's requests. False, without effect, if it is much longer than the tokens at the start,
  // so that there is no room for it.
  bool renew(std::size_t user, const std::string& token);

 private:
  struct RequestPiece {
    enum class Kind : std::uint8_t { text, numbered, product, name, price, quantity, user };
    Kind kind = Kind::text;
    TemplateField field = TemplateField::text;
    std::uint32_t item = 0;
    std::string text;           // numbered: with a placeholder for the group's number
    std::size_t number_at = 0;  // its place in the text
  };
  using Pieces = std::vector<RequestPiece>;
  // The request of one kind of order, or of one failure variant.
  struct RequestForm {
    Pieces path, headers, body;
  };
  struct CatalogueText {
    std::string id, id_json, name, price, cents;
  };
  struct UserText {
    std::string id, id_json;
  };

  RequestForm make_form(const Profile& profile, OrderKind kind, const FailureVariant* variant) const;
  Pieces compile(const std::string& text, const Profile& profile, OrderKind kind, const FailureVariant* variant,
                 std::uint32_t item) const;
  RequestPiece make_piece(TemplateField field, OrderKind kind, const FailureVariant* variant, std::uint32_t item) const;
  std::size_t size_of(const Pieces& pieces) const;
  const RequestForm& form_of(const PlannedOrder& order) const;
  char* put(char* at, const Pieces& pieces, const PlannedOrder& order) const;
  char* put_field(char* at, const RequestPiece& piece, const PlannedOrder& order) const;
  char* put_product(char* at, const RequestPiece& piece, const PlannedOrder& order) const;
  const CatalogueText& catalogue_text(const PlannedOrder& order, std::uint32_t item) const;

  ProductPlan plan_;
  std::uint64_t correlation_key_;
  std::string method_;
  bool has_authorization_ = false;  // the profile sets the header itself, for all users
  bool closes_ = false;
  std::vector<std::string> prefixes_, hosts_;  // by target
  std::vector<CatalogueText> catalogue_;
  std::vector<std::string> hot_ids_;  // by item
  std::vector<UserText> users_;
  std::deque<std::atomic<const std::string*>> authorizations_;  // by user: points into all_authorizations_
  std::vector<std::unique_ptr<const std::string>> all_authorizations_;
  std::size_t authorization_max_ = 0;
  std::vector<RequestForm> forms_;  // single, duplicate, and the failure variants
  std::size_t size_max_ = 0;
};

}  // namespace sagactl
