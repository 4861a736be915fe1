// A curl command line, as browsers and other tools copy it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cli/loadtest/init/draft.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// The words of a POSIX shell's command, and of bash's $'...'.
Result<std::vector<std::string>> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  const auto end_word = [&] {
    if (in_word) words.push_back(std::move(word));
    word.clear();
    in_word = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      end_word();
      continue;
    }
    in_word = true;
    const bool ansi = c == '$' && i + 1 < text.size() && text[i + 1] == '\'';
    if (c == '\\' && i + 1 < text.size()) {
      ++i;
      if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      if (text[i] == '\n')
        in_word = !word.empty();
      else
        word += text[i];
    } else if (c == '\'' || c == '"' || ansi) {
      const char quote = ansi ? '\'' : c;
      if (ansi) ++i;
      const bool has_escapes = c == '"' || ansi;
      for (++i; i < text.size() && text[i] != quote; ++i) {
        if (has_escapes && text[i] == '\\' && i + 1 < text.size()) {
          ++i;
          if (ansi && text[i] == 'n')
            word += '\n';
          else if (ansi && text[i] == 't')
            word += '\t';
          else if (!ansi && text[i] != '"' && text[i] != '\\' && text[i] != '$' && text[i] != '`') {
            word += '\\';
            word += text[i];
          } else
            word += text[i];
        } else {
          word += text[i];
        }
      }
      if (i >= text.size()) return Error{ErrorCode::invalid, fmt::format("the quote {} has no end", quote)};
    } else {
      word += c;
    }
  }
  end_word();
  return words;
}

// "name=content", "name@file", "content", "=content" and "@file", as curl's --data-urlencode takes them.
struct EncodedData {
  std::string name, content;
  bool is_file = false;
};

EncodedData encoded_data(const std::string& value) {
  const std::size_t mark = value.find_first_of("=@");
  if (mark == std::string::npos) return {"", value};
  return {value.substr(0, mark), value.substr(mark + 1), value[mark] == '@'};
}

// Those that the load test has as well, under its own name. Empty: it has not.
std::string_view same_flag(const std::string& option) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> flags = {{{"--cacert", "--ca-file"},
                                                                                   {"-E", "--cert"},
                                                                                   {"--cert", "--cert"},
                                                                                   {"--key", "--cert-key"},
                                                                                   {"-x", "--proxy"},
                                                                                   {"--proxy", "--proxy"},
                                                                                   {"-m", "--timeout"},
                                                                                   {"--max-time", "--timeout"}}};
  for (const auto& [curl, own] : flags)
    if (option == curl) return own;
  return {};
}

// Those that have a value and no effect on what is sent.
bool is_of_no_effect(const std::string& option) {
  constexpr std::array names = {"-A",
                                "--user-agent",
                                "-e",
                                "--referer",
                                "-o",
                                "--output",
                                "--connect-timeout",
                                "-w",
                                "--write-out",
                                "--retry",
                                "--retry-delay",
                                "--retry-max-time",
                                "--max-redirs",
                                "-c",
                                "--cookie-jar",
                                "-D",
                                "--dump-header",
                                "--resolve",
                                "--connect-to"};
  return std::find(names.begin(), names.end(), option) != names.end();
}

class CurlReader {
 public:
  explicit CurlReader(const FileReader& read_file) : read_file_(read_file) { request_.method.clear(); }

  Result<Recording> read(const std::vector<std::string>& words) {
    for (std::size_t i = words[0] == "curl" ? 1 : 0; i < words.size(); ++i) {
      std::string option = words[i], value;
      if (!option.starts_with('-') || option == "-") {
        request_.url = option;
        continue;
      }
      if (take_switches(option)) continue;
      if (option.starts_with("--") && option.find('=') != std::string::npos) {
        value = option.substr(option.find('=') + 1);
        option.resize(option.find('='));
      } else if (!option.starts_with("--") && option.size() > 2) {  // -XPOST
        value = option.substr(2);
        option.resize(2);
      } else if (i + 1 < words.size()) {
        value = words[++i];
      } else {
        return Error{ErrorCode::invalid, fmt::format("curl's option {} has no value", option)};
      }
      if (auto taken = take(option, value); !taken) return taken.error();
    }
    if (request_.url.empty()) return Error{ErrorCode::invalid, "the curl command names no address"};
    complete_address();
    if (!query_.empty()) add_query(query_);
    complete_body();
    if (!cookies_.empty()) request_.headers.emplace_back("Cookie", cookies_);
    recording_.requests.push_back(std::move(request_));
    return std::move(recording_);
  }

 private:
  void complete_address() {
    std::string& url = request_.url;
    const bool is_complete = url.find("://") != std::string::npos || url.starts_with('/');
    if (!is_complete) url.insert(0, "http://");  // as curl does
    const std::size_t scheme = url.find("://"), user = url.find('@');
    if (scheme != std::string::npos && user < url.find('/', scheme + 3))
      recording_.basic_user = url.substr(scheme + 3, url.find(':', scheme + 3) - scheme - 3);
  }

  void complete_body() {
    const bool has_body = has_data_ || !request_.parts.empty();
    if (request_.method.empty()) request_.method = has_body && !is_query_ ? "POST" : "GET";
    if (!has_data_) return;
    if (is_query_) return add_query(std::exchange(request_.body, {}));
    const bool has_type = std::any_of(request_.headers.begin(), request_.headers.end(),
                                      [](const auto& header) { return lower(header.first) == "content-type"; });
    if (!has_type)
      request_.headers.emplace_back("Content-Type",
                                    is_json_ ? "application/json" : "application/x-www-form-urlencoded");
  }

  void add_query(const std::string& text) {
    std::string& url = request_.url;
    const std::size_t fragment = std::min(url.find('#'), url.size());
    url.insert(fragment, fmt::format("{}{}", url.find('?') < fragment ? "&" : "?", text));
  }

  // "-k", "-sSk", "--compressed": those without a value, also several letters at once.
  bool take_switches(const std::string& option) {
    if (option.starts_with("--")) return take_switch(option);
    const bool all = std::all_of(option.begin() + 1, option.end(), [](char letter) {
      return std::string_view("ksSivLf#gNG").find(letter) != std::string_view::npos;
    });
    if (!all) return false;
    for (const char letter : option.substr(1)) take_switch(std::string("-") + letter);
    return true;
  }

  bool take_switch(const std::string& option) {
    constexpr std::array of_output = {"-s", "--silent",  "-S", "--show-error", "-i",        "--include",
                                      "-v", "--verbose", "-f", "--fail",       "--http1.1", "-#",
                                      "-g", "--globoff", "-N", "--no-buffer"};
    if (option == "-k" || option == "--insecure") {
      add_flag("--insecure");
    } else if (option == "--compressed" || option == "--http2") {
      add_flag(option);
    } else if (option == "-G" || option == "--get") {
      is_query_ = true;
    } else if (option == "-L" || option == "--location") {
      recording_.remarks.emplace_back(
          "curl's -L: redirections are not followed; keep the Location and make the next step of it");
    } else {
      return std::find(of_output.begin(), of_output.end(), option) != of_output.end();
    }
    return true;
  }

  void add_flag(std::string flag) {
    auto& flags = recording_.flags;
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) flags.push_back(std::move(flag));
  }

  Result<void> take(const std::string& option, const std::string& value) {
    const auto is = [&](std::initializer_list<const char*> names) {
      return std::any_of(names.begin(), names.end(), [&](const char* name) { return option == name; });
    };
    if (is({"-X", "--request"})) {
      request_.method = value;
    } else if (is({"-H", "--header"})) {
      const std::size_t colon = value.find(':');
      if (colon == std::string::npos) return Error{ErrorCode::invalid, fmt::format("'{}' is not a header", value)};
      request_.headers.emplace_back(value.substr(0, colon), trim(value.substr(colon + 1)));
    } else if (is({"--oauth2-bearer"})) {
      request_.headers.emplace_back("Authorization", fmt::format("Bearer {}", value));
    } else if (is({"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"})) {
      take_data(option, value);
    } else if (is({"--data-urlencode"})) {
      add_data(url_encoded(value), "&");
    } else if (is({"--url-query"})) {
      query_ +=
          fmt::format("{}{}", query_.empty() ? "" : "&", value.starts_with('+') ? value.substr(1) : url_encoded(value));
    } else if (is({"-F", "--form"})) {
      return take_part(value);
    } else if (is({"--form-string"})) {
      request_.parts.push_back({value.substr(0, value.find('=')), value.substr(value.find('=') + 1)});
    } else if (is({"-u", "--user"})) {
      recording_.basic_user = value.substr(0, value.find(':'));
    } else if (const std::string_view own = same_flag(option); !own.empty()) {
      const std::size_t user = own == "--proxy" ? value.find('@') : std::string::npos;
      if (user != std::string::npos)
        recording_.remarks.emplace_back("--proxy: its user and password, which are not written into the file");
      add_flag(fmt::format("{} {}{}", own, user == std::string::npos ? value : value.substr(user + 1),
                           own == "--timeout" ? "s" : ""));
    } else if (is({"-b", "--cookie"})) {
      if (value.find('=') != std::string::npos)
        cookies_ += fmt::format("{}{}", cookies_.empty() ? "" : "; ", value);
      else
        recording_.remarks.push_back(fmt::format("curl's {}: the cookies of the file {} were left out", option, value));
    } else if (is_of_no_effect(option)) {
      recording_.remarks.push_back(fmt::format("curl's {} was left out", option));
    } else if (is({"--url"})) {
      request_.url = value;
    } else {
      return Error{ErrorCode::invalid, fmt::format("curl's option {} is not known here: leave it out", option)};
    }
    return {};
  }

  void add_data(const std::string& text, std::string_view separator) {
    request_.body.append(has_data_ ? separator : "").append(text);
    has_data_ = true;
  }

  void take_data(const std::string& option, const std::string& value) {
    is_json_ |= option == "--json";
    std::string text = value;
    if (value.starts_with('@') && option != "--data-raw") {
      text = text_of(value.substr(1));
      const bool keeps_lines = option == "--data-binary" || option == "--json";
      if (!keeps_lines) std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    }
    add_data(text, option == "--json" ? "" : "&");
  }

  std::string url_encoded(const std::string& value) {
    const EncodedData data = encoded_data(value);
    std::optional<std::string> text = data.content;
    if (data.is_file) text = read_file_(data.content);
    const std::string content = text ? percent_encode(*text) : field_of_file(data.content);
    return data.name.empty() ? content : fmt::format("{}={}", data.name, content);
  }

  std::string text_of(const std::string& file) {
    auto text = read_file_(file);
    return text ? std::move(*text) : field_of_file(file);
  }

  // Of a file that cannot be read.
  std::string field_of_file(const std::string& file) {
    recording_.remarks.push_back(
        fmt::format("the file {}, which cannot be read here: put it beside the profile", file));
    return fmt::format("{{file:{}}}", file);
  }

  // "name=text", "name=<file" and "name=@file;type=image/png;filename=a.png"
  Result<void> take_part(const std::string& value) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos)
      return Error{ErrorCode::invalid,
                   fmt::format("'{}' is not a part of a form: write name=text or name=@file", value)};
    RecordedPart part{value.substr(0, equals), ""};
    const std::string content = value.substr(equals + 1, value.find(';', equals) - equals - 1);
    for (const std::string& word : split(std::string_view(value).substr(equals + 1 + content.size()), ';')) {
      if (trim(word).empty()) continue;
      if (trim(word).starts_with("type="))
        part.type = trim(word).substr(5);
      else
        recording_.remarks.push_back(fmt::format("'{}' of the part {} was left out", trim(word), part.name));
    }
    if (content.starts_with('@'))
      part.file = content.substr(1);
    else if (!part.type.empty())
      recording_.remarks.push_back(
          fmt::format("the part {} is sent without its type {}, which only files have here", part.name, part.type));
    if (part.file.empty()) part.text = content.starts_with('<') ? text_of(content.substr(1)) : content;
    request_.parts.push_back(std::move(part));
    return {};
  }

  const FileReader& read_file_;
  Recording recording_;
  RecordedRequest request_;
  std::string cookies_, query_;
  bool has_data_ = false, is_json_ = false;
  bool is_query_ = false;  // the data is sent in the query
};

}  // namespace

Result<Recording> read_curl(std::string_view command, const FileReader& read_file) {
  const auto words = shell_words(command);
  if (!words) return words.error();
  if (words->empty()) return Error{ErrorCode::invalid, "the curl command is empty"};
  return CurlReader(read_file).read(*words);
}

}  // namespace sagactl
