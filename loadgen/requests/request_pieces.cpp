#include "loadgen/requests/request_pieces.hpp"

#include <fmt/format.h>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

std::string escaped(std::string_view text, Escape escape) {
  std::string out(escaped_max(text.size(), escape), '\0');
  out.resize(static_cast<std::size_t>(put_escaped(out.data(), text, escape) - out.data()));
  return out;
}

RequestPieces PieceCompiler::compile(const std::string& text, Escape escape) {
  RequestPieces pieces;
  add_all(pieces, text, escape, 0);
  return pieces;
}

void PieceCompiler::add_all(RequestPieces& pieces, const std::string& text, Escape escape, std::uint32_t item) {
  const auto add = [&pieces](RequestPiece piece) {
    const bool plain = piece.kind == RequestPiece::Kind::text;
    if (plain && !pieces.empty() && pieces.back().kind == RequestPiece::Kind::text)
      pieces.back().text += piece.text;
    else
      pieces.push_back(std::move(piece));
  };
  const auto parsed =
      parse_template(with_custom_fields(text, profile_.fields, variant_ ? variant_->fields : CustomFields{}), names_);
  if (!parsed) crash("the profile was not checked");
  for (const TemplatePiece& part : *parsed) {
    if (part.field == TemplateField::text) {
      RequestPiece plain;
      plain.text = escape == Escape::path ? escaped(part.text, Escape::target) : part.text;
      add(std::move(plain));
    } else if (part.field == TemplateField::items) {
      for (std::uint32_t i = 0; i < plan_.items; ++i)
        add_all(pieces, fmt::format("{}{}", i > 0 ? "," : "", profile_.item), escape, i);
    } else {
      add(make_piece(part, escape, item));
    }
  }
}

RequestPiece PieceCompiler::make_numbered(const std::string& id, const char* quote) const {
  RequestPiece piece;
  piece.kind = RequestPiece::Kind::numbered;
  piece.text = fmt::format("{0}{1}{0}", quote, id);
  piece.number_at = piece.text.find(any_group, product_prefix(plan_.run).size());
  return piece;
}

RequestPiece PieceCompiler::make_product(TemplateField field, Escape escape, std::uint32_t item) const {
  const bool as_json = field == TemplateField::product_json;
  const FailureVariant* const variant = variant_of(item);
  if (variant && !variant->product.empty()) {
    RequestPiece fixed;
    fixed.text = as_json ? json_text(variant->product) : escaped(variant->product, escape);
    return fixed;
  }
  RequestPiece piece = make_numbered(product_id(plan_.run, kind_, 0, item), as_json ? "\"" : "");
  if (!plan_.catalogue.empty() || plan_.hot_share > 0) piece.kind = RequestPiece::Kind::product;
  return piece;
}

RequestPiece PieceCompiler::make_piece(const TemplatePiece& part, Escape escape, std::uint32_t item) {
  using Kind = RequestPiece::Kind;
  RequestPiece piece;
  const FailureVariant* const variant = variant_of(item);
  switch (part.field) {
    case TemplateField::product:
    case TemplateField::product_json:
      piece = make_product(part.field, escape, item);
      break;
    case TemplateField::key:
      piece = make_numbered(product_id(plan_.run, kind_, 0, 0), "");
      break;
    case TemplateField::name:
      if (variant && !variant->name.empty())
        piece.text = escaped(variant->name, escape);
      else if (plan_.catalogue.empty())
        piece.text = escaped(product_name, escape);
      else
        piece.kind = Kind::name;
      break;
    case TemplateField::quantity:
      if (variant && variant->quantity)
        piece.text = std::to_string(*variant->quantity);
      else
        piece.kind = Kind::quantity;
      break;
    case TemplateField::price:
    case TemplateField::cents:
      piece.kind = Kind::price;
      break;
    case TemplateField::user:
    case TemplateField::user_json:
      piece.kind = Kind::user;
      break;
    case TemplateField::run:
      piece.text = plan_.run;
      break;
    case TemplateField::correlation:
      piece.kind = Kind::correlation;
      break;
    case TemplateField::operation:
      piece.kind = Kind::number;
      break;
    case TemplateField::uuid:
      piece.kind = Kind::uuid;
      break;
    case TemplateField::now:
      piece.kind = Kind::now;
      piece.clock = parse_clock_text(part.text).value();
      break;
    case TemplateField::random:
      piece.kind = Kind::random;
      piece.random = parse_random_text(part.text).value();
      break;
    case TemplateField::env: {
      const std::string& value = *find_text(profile_.journey, part.field, part.text);
      // A sample has the spelling in place of the value, which may be secret.
      const bool is_spelling = value == fmt::format("{{{}:{}}}", to_string(part.field), part.text);
      // In a path it may have several segments.
      piece.text = is_spelling ? value : escaped(value, escape == Escape::path ? Escape::target : escape);
      break;
    }
    case TemplateField::file:
      piece.text = *find_text(profile_.journey, part.field, part.text);
      break;
    case TemplateField::data: {
      piece.kind = Kind::data;
      const DataTable& table = *find_table(profile_.journey, part.table);
      piece.table = static_cast<std::size_t>(&table - profile_.journey.data.data());
      piece.column = *table.find_column(part.text);
      break;
    }
    case TemplateField::order:
    case TemplateField::kept:
      piece.kind = Kind::kept;
      piece.text = part.field == TemplateField::order ? to_string(TemplateField::order) : part.text;
      piece.kept = *find_kept(profile_.journey, piece.text);
      piece.text = fmt::format("{{{}}}", piece.text);
      break;
    case TemplateField::text:
    case TemplateField::items:
      break;
  }
  piece.field = part.field;
  piece.escape = escape;
  piece.item = item;
  piece.place = places_++;
  return piece;
}

std::size_t size_max(const RequestPieces& pieces, std::size_t field_size_max) {
  std::size_t size = 0;
  for (const RequestPiece& piece : pieces) {
    if (piece.kind == RequestPiece::Kind::text) {
      size += piece.text.size();
      continue;
    }
    const std::size_t longest =
        std::max({field_size_max, piece.text.size() + 2, size_max(piece.random), size_max(piece.clock)});
    size += escaped_max(longest, piece.escape);
  }
  return size;
}

}  // namespace sagactl
