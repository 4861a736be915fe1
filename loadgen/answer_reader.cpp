#include "loadgen/answer_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>

namespace sagactl {
namespace {

// Of a head or a chunk's head that does not end.
constexpr std::size_t unparsed_max = 64 * 1024;

}  // namespace

AnswerReader::Parser::Parser(std::string& body) : body_(&body) {
  eager(true);
  body_limit(boost::none);
}

std::size_t AnswerReader::Parser::keep(text bytes) {
  body_->append(bytes.data(), std::min(bytes.size(), body_max - body_->size()));
  return bytes.size();
}

void AnswerReader::reset() {
  body_.clear();
  unparsed_.clear();
  parser_.emplace(body_);
}

AnswerReader::State AnswerReader::feed(std::string_view bytes) {
  if (unparsed_.empty()) return parse(bytes);
  unparsed_.append(bytes);
  const std::string joined = std::move(unparsed_);
  unparsed_.clear();
  return parse(joined);
}

AnswerReader::State AnswerReader::parse(std::string_view bytes) {
  while (!bytes.empty()) {
    boost::beast::error_code failure;
    const std::size_t used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
    bytes.remove_prefix(used);
    if (failure == boost::beast::http::error::need_more) {
      if (used > 0 && !bytes.empty()) continue;
      unparsed_ = bytes;
      return unparsed_.size() > unparsed_max ? State::bad : State::more;
    }
    if (failure) return State::bad;
    if (!parser_->is_done()) continue;
    if (parser_->status >= 100 && parser_->status < 200) {
      parser_.emplace(body_);  // an interim answer: the one that counts follows
      continue;
    }
    // No request is outstanding that more bytes could answer.
    return bytes.empty() ? State::done : State::bad;
  }
  return State::more;
}

AnswerReader::State AnswerReader::end() {
  if (!parser_->got_some() || !unparsed_.empty()) return State::more;
  boost::beast::error_code failure;
  parser_->put_eof(failure);
  return !failure && parser_->is_done() ? State::done : State::more;
}

}  // namespace sagactl
