// A profile's templates, compiled: text, and the fields among it. What is the same for every order becomes text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/profile/generated_text.hpp"
#include "loadgen/profile/profile.hpp"
#include "loadgen/requests/escape.hpp"

namespace sagactl {

struct RequestPiece {
  enum class Kind : std::uint8_t {
    text,
    number,       // the operation's
    correlation,  // a UUID
    numbered,     // text with a placeholder for the group's number
    product,
    name,
    price,
    quantity,
    user,
    uuid,
    now,
    random,
    data,  // a cell of a table's row
    kept,
  };
  Kind kind = Kind::text;
  TemplateField field = TemplateField::text;
  Escape escape = Escape::none;
  std::uint32_t item = 0;
  std::string text;           // for kept its field, such as {link}
  std::size_t number_at = 0;  // numbered: its place in the text
  std::uint32_t place = 0;    // unique within its step; of what is random
  std::size_t table = 0, column = 0;
  KeptPlace kept;
  ClockText clock;
  RandomText random;
  bool grows() const { return kind == Kind::data || kind == Kind::kept; }  // its size is not known beforehand
};
using RequestPieces = std::vector<RequestPiece>;

// Compiles the templates of one step for orders of one kind, or of one failure variant.
class PieceCompiler {
 public:
  PieceCompiler(const Profile& profile, const ProductPlan& plan, OrderKind kind, const FailureVariant* variant)
      : profile_(profile), plan_(plan), kind_(kind), variant_(variant), names_(template_names(profile.journey)) {}

  // The text must have passed check().
  RequestPieces compile(const std::string& text, Escape escape);

 private:
  void add_all(RequestPieces& pieces, const std::string& text, Escape escape, std::uint32_t item);
  RequestPiece make_piece(const TemplatePiece& part, Escape escape, std::uint32_t item);
  RequestPiece make_product(TemplateField field, Escape escape, std::uint32_t item) const;
  RequestPiece make_numbered(const std::string& id, const char* quote) const;
  const FailureVariant* variant_of(std::uint32_t item) const { return item == 0 ? variant_ : nullptr; }

  const Profile& profile_;
  const ProductPlan& plan_;
  const OrderKind kind_;
  const FailureVariant* const variant_;
  const TemplateNames names_;
  std::uint32_t places_ = 0;
};

// "00000000", where the number of a group is filled in.
inline constexpr std::string_view any_group = "00000000";

inline constexpr std::size_t uuid_size = 36, number_size_max = 20;

// The most bytes that the pieces take, without those that grow. `field_size_max`: of a field's text that is not in its
// piece.
std::size_t size_max(const RequestPieces& pieces, std::size_t field_size_max);

// `text` as one value in the place.
std::string escaped(std::string_view text, Escape escape);

}  // namespace sagactl
