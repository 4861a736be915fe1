// Functions for text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

std::vector<std::string> split(std::string_view text, char separator);  // "a,,b" has three parts; "" has none
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string lower(std::string_view text);  // ASCII only
std::string upper(std::string_view text);  // ASCII only
void replace_all(std::string& text, std::string_view from, std::string_view to);
bool is_utf8(std::string_view text);
// UTF-8 without U+0000, which databases do not store: what is not so becomes U+FFFD.
std::string storable_text(std::string_view bytes);
std::size_t utf8_length(std::string_view text);  // code points; the text must be UTF-8

// The candidate with the smallest edit distance from `word`; "" when that is over a third of its length.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace sagactl
