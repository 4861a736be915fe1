#include "cli/loadtest/init/member_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

std::string plain_name(const std::string& name) {
  return join(words_of(name), "");
}

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool begins = std::isupper(c) != 0 && i > 0 && std::isupper(static_cast<unsigned char>(name[i - 1])) == 0;
    if ((begins || std::isalnum(c) == 0) && !words.back().empty()) words.emplace_back();
    if (std::isalnum(c) != 0) words.back() += static_cast<char>(std::tolower(c));
  }
  return words;
}

bool names_an_id(const std::string& name) {
  constexpr std::array last_words = {"id", "uuid", "guid", "token", "key", "number", "reference", "ref", "nonce"};
  return is_among(last_words, words_of(name).back());
}

bool is_secret_member(const std::string& name) {
  const std::string plain = plain_name(name);
  for (const char* part : {"password", "passwd", "passphrase", "secret", "apikey", "cardnumber", "accesstoken",
                           "refreshtoken", "csrf", "xsrf", "authenticitytoken", "verificationtoken"})
    if (plain.find(part) != std::string::npos) return true;
  constexpr std::array whole = {"pwd", "pass", "pin", "otp", "cvc", "cvv", "token"};
  return is_among(whole, plain);
}

bool is_key_member(const std::string& name) {
  constexpr std::array names = {"idempotencykey",  "idempotencytoken", "idempotencyid",   "requestid",    "requestkey",
                                "clientrequestid", "clientorderid",    "deduplicationid", "requesttoken", "dedupkey"};
  return is_among(names, plain_name(name));
}

bool is_key_header(const std::string& name) {
  constexpr std::array names = {"idempotency-key", "x-idempotency-key", "request-id", "x-request-id"};
  return is_among(names, name);
}

std::string environment_name_of(const std::string& name) {
  return upper(join(words_of(name), "_"));
}

std::string field_of_member(const std::string& name, std::string_view type, std::string_view format) {
  constexpr std::array products = {"sku",    "product",  "productid", "productcode", "item",
                                   "itemid", "itemcode", "article",   "articleid",   "articlenumber"};
  constexpr std::array quantities = {"quantity", "qty", "count", "units"};
  constexpr std::array prices = {"price", "unitprice", "itemprice", "productprice"};
  constexpr std::array cents = {"cents", "pricecents", "unitpricecents", "priceincents", "unitpriceincents"};
  constexpr std::array users = {"user", "userid", "username", "customer", "customerid", "buyer", "buyerid"};
  const std::string plain = plain_name(name);
  const bool is_number = type == "number", is_integer = type == "integer";
  if (type == "string" && is_key_member(name)) return format == "uuid" ? "{uuid}" : "{key}";
  if (type == "string" && format.empty()) {
    if (plain == "correlationid") return "{correlation}";
    if (is_among(products, plain)) return "{product}";
    if (is_among(users, plain)) return "{user}";
  }
  if (is_integer && is_among(cents, plain)) return "{cents}";
  if ((is_integer || is_number) && is_among(quantities, plain)) return "{quantity}";
  if ((is_number || type == "string") && is_among(prices, plain)) return "{price}";
  return {};
}

}  // namespace sagactl
