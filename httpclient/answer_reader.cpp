#include "httpclient/answer_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>

#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// The longest head or chunk head.
constexpr std::uint32_t unparsed_max = 64 * 1024;

constexpr std::string_view version_start = "HTTP/";
constexpr std::size_t version_size = 8, status_end = 12;  // "HTTP/1.1", "HTTP/1.1 201"

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// The position after the empty line that ends a head.
std::optional<std::size_t> head_end(std::string_view bytes) {
  for (auto at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    const std::string_view next = bytes.substr(at + 1, 2);
    if (next.starts_with('\n')) return at + 2;
    if (next == "\r\n") return at + 3;
  }
  return std::nullopt;
}

bool is_token(std::string_view name) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || others.find(c) != std::string_view::npos;
  });
}

// The head in strict grammar, without lines that are no header; "": not the head of an answer.
std::string strict_head(std::string_view head) {
  std::vector<std::string> lines = split(head, '\n');
  for (std::string& line : lines) line.erase(line.find_last_not_of(" \t\r") + 1);
  const std::string& first = lines.front();
  if (!first.starts_with("HTTP/1.") || first.size() < status_end || !is_blank(first[version_size])) return {};
  if (first.size() > status_end && !is_blank(first[status_end])) return {};
  std::string strict = first.substr(0, status_end) + ' ' + std::string(trim(first.substr(status_end)));
  bool has_coding = false;  // takes precedence over a length
  std::vector<std::pair<std::string, std::string>> headers;
  bool left_out = false;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.empty()) continue;
    if (is_blank(line.front())) {  // continues the previous line
      if (!left_out && !headers.empty()) headers.back().second += ' ' + std::string(trim(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string name(trim(line.substr(0, colon)));
    left_out = colon == std::string::npos || !is_token(name);
    if (left_out) continue;
    has_coding = has_coding || lower(name) == "transfer-encoding";
    headers.emplace_back(name, trim(line.substr(colon + 1)));
  }
  for (const auto& [name, value] : headers)
    if (!has_coding || lower(name) != "content-length") strict += "\r\n" + name + ": " + value;
  return strict + "\r\n\r\n";
}

}  // namespace

AnswerReader::AnswerParser::AnswerParser(AnswerReader& reader) : reader_(&reader) {
  eager(true);
  header_limit(unparsed_max);
  body_limit(boost::none);
}

std::size_t AnswerReader::keep_body(std::string_view bytes) {
  const std::size_t room = kept_max_ - body_.size();
  cut_ = cut_ || bytes.size() > room;
  body_.append(bytes.substr(0, room));
  return bytes.size();
}

void AnswerReader::reset() {
  if (body_.capacity() > body_max) body_ = {};
  body_.clear();
  unparsed_.clear();
  begin();
}

void AnswerReader::begin() {
  parser_.reset();
  status_ = 0;
  cut_ = false;
  surplus_ = false;
  values_.resize(wanted_ ? wanted_->size() : 0);
  for (std::string& value : values_) value.clear();
}

void AnswerReader::keep_header(std::string_view name, std::string_view value) {
  const auto same = [&](const std::string& wanted) {
    return boost::beast::iequals(boost::beast::string_view(wanted.data(), wanted.size()),
                                 boost::beast::string_view(name.data(), name.size()));
  };
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!same((*wanted_)[i])) continue;
    if (values_[i].empty()) {
      values_[i] = value;
    } else if ((*wanted_)[i] == "set-cookie") {
      values_[i] += '\n';
      values_[i] += value;
    }
  }
}

void AnswerReader::begin_parsed(int status) {
  for (std::string& value : values_) value.clear();
  status_ = status;
}

AnswerState AnswerReader::feed(std::string_view bytes) {
  if (unparsed_.empty()) return parse(bytes);
  unparsed_.append(bytes);
  const std::string joined = std::move(unparsed_);
  unparsed_.clear();
  return parse(joined);
}

bool AnswerReader::take_head(std::string_view head) {
  const auto taken = [this](std::string_view text) {
    boost::beast::error_code failure;
    const std::size_t used = parser_->put(boost::asio::buffer(text.data(), text.size()), failure);
    return !failure && used == text.size() && parser_->is_header_done();
  };
  if (taken(head)) return true;
  begin();
  parser_.emplace(*this);
  return taken(strict_head(head));
}

// Reads an answer as most servers send it, complete and with a length, with half of the instructions. Returns its
// size; 0: it has another form.
std::size_t AnswerReader::take_plain(std::string_view bytes) {
  constexpr std::string_view start = "HTTP/1.1 ";
  constexpr int first_final = 200, no_content = 204, not_modified = 304;
  const auto is = [](std::string_view name, const char* other) {
    return boost::beast::iequals(boost::beast::string_view(name.data(), name.size()), other);
  };
  std::size_t at = bytes.find('\n') + 1;
  if (at <= status_end + 1 || !bytes.starts_with(start) || bytes[at - 2] != '\r') return 0;
  if (bytes[status_end] != ' ' && bytes[status_end] != '\r') return 0;
  const auto status = parse_number<int>(bytes.substr(start.size(), status_end - start.size()));
  if (!status || *status < first_final || *status == no_content || *status == not_modified) return 0;
  std::optional<std::uint64_t> length;
  plain_keeps_alive_ = true;
  while (true) {
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos || bytes[end - 1] != '\r') return 0;
    const std::string_view line = bytes.substr(at, end - 1 - at);
    at = end + 1;
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos || is_blank(line.front()) || is_blank(line[colon - 1])) return 0;
    const std::string_view name = line.substr(0, colon), value = trim(line.substr(colon + 1));
    if (is(name, "Content-Length")) {
      if (length) return 0;
      length = parse_number<std::uint64_t>(value);
      if (!length) return 0;
    } else if (is(name, "Connection")) {
      plain_keeps_alive_ = is(value, "keep-alive");
      if (!plain_keeps_alive_ && !is(value, "close")) return 0;
    } else if (is(name, "Transfer-Encoding") || is(name, "Upgrade")) {
      return 0;
    }
    keep_header(name, value);
  }
  if (!length || *length > bytes.size() - at) return 0;
  status_ = *status;
  keep_body(bytes.substr(at, *length));
  return at + *length;
}

AnswerState AnswerReader::parse(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!parser_) {
      if (const std::size_t used = take_plain(bytes); used > 0) return done(bytes.substr(used));
      begin();
      parser_.emplace(*this);
    }
    if (!parser_->is_header_done()) {
      if (bytes.front() == '\r' || bytes.front() == '\n') {  // an empty line before the head
        bytes.remove_prefix(1);
        continue;
      }
      if (!version_start.starts_with(bytes.substr(0, version_start.size()))) return AnswerState::bad;
      const auto end = head_end(bytes);
      if (!end) {
        unparsed_ = bytes;
        return unparsed_.size() > unparsed_max ? AnswerState::bad : AnswerState::more;
      }
      if (!take_head(bytes.substr(0, *end))) return AnswerState::bad;
      bytes.remove_prefix(*end);
      if (!parser_->is_done()) continue;
      if (status_ < 100 || status_ >= 200) return done(bytes);
      begin();  // an interim answer: the final one follows
      continue;
    }
    boost::beast::error_code failure;
    const std::size_t used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
    bytes.remove_prefix(used);
    if (failure == boost::beast::http::error::need_more) {
      if (used > 0 && !bytes.empty()) continue;
      unparsed_ = bytes;
      return unparsed_.size() > unparsed_max ? AnswerState::bad : AnswerState::more;
    }
    if (failure) return AnswerState::bad;
    if (parser_->is_done()) return done(bytes);
  }
  return AnswerState::more;
}

AnswerState AnswerReader::done(std::string_view rest) {
  surplus_ = !rest.empty();
  return AnswerState::done;
}

AnswerState AnswerReader::end() {
  if (!parser_ || !parser_->got_some() || !unparsed_.empty()) return AnswerState::more;
  boost::beast::error_code failure;
  parser_->put_eof(failure);
  return !failure && parser_->is_done() ? AnswerState::done : AnswerState::more;
}

}  // namespace sagactl
