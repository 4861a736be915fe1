// Finds the value of a form's field, or of a <meta> element, in an HTML page.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sagactl {

// The `value` of the first <input>, <button> or <option> (or the `content` of the first <meta>) whose `name` or `id` is
// the name, with its character references decoded (&amp; &lt; &gt; &quot; &apos; and numbers). The text is in the page
// or in `room`.
std::optional<std::string_view> html_value(std::string_view page, std::string_view name, std::string& room);

}  // namespace sagactl
