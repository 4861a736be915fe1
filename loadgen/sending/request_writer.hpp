// The bytes of order requests: a profile's templates are taken apart once, and each request is put together
// from the pieces without allocating.
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
#include "loadgen/schedule/assortment.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {

struct LoadUser {
  std::string id;
  std::string token;  // "": no Authorization header
  bool id_is_number = false;
};

// Any number of threads may write at once, also while one renews tokens.
class RequestWriter {
 public:
  struct Run {
    Profile profile = order_profile();  // that has passed check()
    Assortment orders;
    std::vector<Url> targets;
    std::vector<LoadUser> users;
    bool close = false;  // each request asks for its connection to be closed
  };
  explicit RequestWriter(const Run& run);

  struct Order {
    std::uint64_t operation = 0;
    std::uint32_t group = 0;
    OrderKind kind = OrderKind::single;
    std::uint16_t user = 0;
    std::uint16_t target = 0;
  };
  // Writes the whole request to `out`, which has room for size_max(), and returns its size.
  std::size_t write(const Order& order, char* out) const;
  std::size_t size_max() const { return size_max_; }
  bool closes() const { return closes_; }  // each request asks for its connection to be closed

  // The user's requests carry this token from now on. False, and nothing changed, if it is much longer than
  // the tokens at the start were: there would be no room for it.
  bool renew(std::size_t user, const std::string& token);

 private:
  struct Piece {
    enum class Kind : std::uint8_t { text, numbered, product, name, price, quantity, user };
    Kind kind = Kind::text;
    TemplateField field = TemplateField::text;
    std::uint32_t item = 0;
    std::string text;          // numbered: with room for the group's number
    std::size_t number_at = 0;  // where in the text
  };
  using Pieces = std::vector<Piece>;
  // One way in which an order of a kind may look.
  struct Form {
    Pieces path, headers, body;
  };
  struct CatalogueText {
    std::string id, id_json, name, price, cents;
  };
  struct UserText {
    std::string id, id_json;
  };

  Form make_form(const Profile& profile, OrderKind kind, const FailWay* way) const;
  Pieces compile(const std::string& text, const Profile& profile, OrderKind kind, const FailWay* way,
                 std::uint32_t item) const;
  Piece make_piece(TemplateField field, OrderKind kind, const FailWay* way, std::uint32_t item) const;
  std::size_t size_of(const Pieces& pieces) const;
  const Form& form_of(const Order& order) const;
  char* put(char* at, const Pieces& pieces, const Order& order) const;
  char* put_field(char* at, const Piece& piece, const Order& order) const;
  char* put_product(char* at, const Piece& piece, const Order& order) const;
  const CatalogueText& catalogue_text(const Order& order, std::uint32_t item) const;

  Assortment orders_;
  std::uint64_t correlation_key_;
  std::string method_;
  bool has_authorization_ = false;  // the profile's own, which stands for everybody
  bool closes_ = false;
  std::vector<std::string> prefixes_, hosts_;  // by target
  std::vector<CatalogueText> catalogue_;
  std::vector<std::string> hot_ids_;  // by item
  std::vector<UserText> users_;
  std::deque<std::atomic<const std::string*>> authorizations_;  // by user: one of the following
  std::vector<std::unique_ptr<const std::string>> all_authorizations_;
  std::size_t authorization_max_ = 0;
  std::vector<Form> forms_;  // single, duplicate, and the ways to fail
  std::size_t size_max_ = 0;
};

}  // namespace sagactl
