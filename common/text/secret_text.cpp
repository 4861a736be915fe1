#include "common/text/secret_text.hpp"

#include <algorithm>
#include <array>

#include "common/text/hex.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::string_view hidden = "***";
constexpr std::array<std::string_view, 13> secret_names = {"password",
                                                           "sslpassword",
                                                           "passwd",
                                                           "pwd",
                                                           "passphrase",
                                                           "secret",
                                                           "token",
                                                           "access_token",
                                                           "refresh_token",
                                                           "api_key",
                                                           "apikey",
                                                           "tlscertificatekeyfilepassword",
                                                           "sslclientcertificatekeypassword"};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '%';
}

// In lower case: "%70assword" is "password".
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '%' && i + 2 < text.size() ? hex_byte(text.substr(i + 1, 2)) : -1;
    out += byte < 0 ? text[i] : static_cast<char>(byte);
    i += byte < 0 ? 0 : 2;
  }
  return lower(out);
}

bool is_secret_name(std::string_view name) {
  return std::find(secret_names.begin(), secret_names.end(), decoded(name)) != secret_names.end();
}

struct TextRange {
  std::size_t begin, end;
};

// "db", "db:5432", "[::1]:5432", several of them with commas.
bool are_hosts(std::string_view text) {
  for (const std::string& host : split(text, ',')) {
    const std::size_t bracket = host.find(']'), colon = host.find(':', bracket == host.npos ? 0 : bracket);
    const std::string_view port = colon == host.npos ? std::string_view("0") : std::string_view(host).substr(colon + 1);
    if (port.empty() || port.find_first_not_of("0123456789") != port.npos) return false;
  }
  return true;
}

// The password before a URL's host. `text` starts after "://".
TextRange userinfo_password(std::string_view text, std::string_view scheme) {
  const std::size_t word = std::min(std::find_if(text.begin(), text.end(), is_blank) - text.begin(),
                                    static_cast<std::ptrdiff_t>(text.size()));
  const std::string_view url = text.substr(0, word);
  const std::size_t path = std::min(url.find_first_of("/?#"), url.size());
  std::size_t at = url.substr(0, path).rfind('@');
  const std::size_t colon = url.substr(0, path).find(':');
  // The password may have an unescaped slash: then there are no hosts before it.
  if (at == url.npos && colon != url.npos && !are_hosts(url.substr(0, path))) at = url.rfind('@');
  if (at == url.npos) return {0, 0};
  const bool is_redis = scheme.find("redis") != scheme.npos || scheme.find("valkey") != scheme.npos || scheme == "unix";
  if (is_redis) return {0, at};  // without a colon it is a password
  return colon == url.npos || colon > at ? TextRange{0, 0} : TextRange{colon + 1, at};
}

// The end of the value that starts at `begin`: at the next & in a query, at the next blank outside of quotes in a
// keyword list.
std::size_t end_of_value(std::string_view text, std::size_t begin, bool in_query) {
  std::size_t i = begin;
  if (!in_query && i < text.size() && text[i] == '\'') {
    for (++i; i < text.size() && text[i] != '\''; ++i)
      if (text[i] == '\\') ++i;
    return std::min(i + 1, text.size());
  }
  for (; i < text.size(); ++i) {
    if (in_query ? text[i] == '&' || text[i] == '#' || is_blank(text[i]) : is_blank(text[i])) break;
    if (!in_query && text[i] == '\\') ++i;
  }
  return std::min(i, text.size());
}

}  // namespace

std::string without_secrets(std::string_view text) {
  std::string out;
  bool in_query = false;
  for (std::size_t i = 0; i < text.size();) {
    if (is_blank(text[i])) in_query = false;
    if (text.substr(i).starts_with("://")) {
      const std::size_t scheme =
          out.find_last_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
      const std::string name = lower(std::string_view(out).substr(scheme == out.npos ? 0 : scheme + 1));
      const TextRange password = userinfo_password(text.substr(i + 3), name);
      out += text.substr(i, 3 + password.begin);
      i += 3 + password.begin;
      if (password.end > password.begin) {
        out += hidden;
        i += password.end - password.begin;
      }
      continue;
    }
    if (text[i] == '?' || text[i] == '&') in_query = true;
    // A name starts after a character that is in no name.
    const bool begins = is_name(text[i]) && (i == 0 || !is_name(text[i - 1]));
    std::size_t end = i;
    while (begins && end < text.size() && is_name(text[end])) ++end;
    std::size_t equals = end;
    while (begins && !in_query && equals < text.size() && is_blank(text[equals])) ++equals;
    if (begins && equals < text.size() && text[equals] == '=' && is_secret_name(text.substr(i, end - i))) {
      std::size_t value = equals + 1;
      while (!in_query && value < text.size() && is_blank(text[value])) ++value;
      const std::size_t after = end_of_value(text, value, in_query);
      out += text.substr(i, value - i);
      if (after > value) out += hidden;
      i = after;
      continue;
    }
    out += text[i++];
  }
  return out;
}

std::vector<std::string> without_secrets(const std::vector<std::string>& arguments) {
  std::vector<std::string> all;
  bool secret = false;
  for (const std::string& argument : arguments) {
    const std::size_t equals = std::min(argument.find('='), argument.size());
    const std::string name = lower(std::string_view(argument).substr(0, equals));
    const bool names_secret =
        name.starts_with("--") && !name.ends_with("-file") &&
        (name.find("token") != name.npos || name.find("password") != name.npos || name.find("secret") != name.npos);
    if (secret)
      all.emplace_back(hidden);
    else if (names_secret && equals < argument.size())
      all.push_back(argument.substr(0, equals + 1) + std::string(hidden));
    else
      all.push_back(without_secrets(std::string_view(argument)));
    secret = !secret && names_secret && equals == argument.size();
  }
  return all;
}

}  // namespace sagactl
