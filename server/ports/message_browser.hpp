// Looks at the messages of a broker for people: topics, groups, the newest messages, and dead letters. Everything has a
// limit, and nothing is read in the name of a group that others use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

struct BrowsedTopic {
  struct Partition {
    std::int32_t partition = 0;
    std::int64_t begin = 0, end = 0;  // offsets: of its first message, and after its last
  };
  std::string name;
  std::vector<Partition> partitions;
};

struct BrowsedGroup {
  struct Place {
    std::string topic;
    std::int32_t partition = 0;
    std::int64_t committed = 0, end = 0;
  };
  std::string name, state;
  std::vector<Place> places;  // where it has committed
};

struct BrowsedMessage {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  Timestamp at;
  std::string key;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> value;
};

struct BrowseRequest {
  std::string topic;
  std::optional<std::int32_t> partition = {};  // none: all
  std::optional<std::int64_t> before = {};     // of one partition: only messages before this offset
  std::size_t messages_max = 50;
  std::size_t bytes_max = std::size_t{1} << 20;  // of all together
};

struct BrowsedLetter {
  std::string id;     // "partition:offset" in the topic of dead letters
  std::string topic;  // where it came from, with its place there
  std::string partition, offset;
  std::string reason, at;
  std::string key;
  std::optional<std::string> value;
};

struct LetterResult {
  std::string id;
  std::optional<Error> error = {};
};

// Each call blocks on the brokers, some seconds at most. One call at a time.
class MessageBrowser {
 public:
  virtual ~MessageBrowser() = default;

  virtual Result<std::vector<BrowsedTopic>> topics() = 0;
  virtual Result<std::vector<BrowsedGroup>> groups() = 0;
  // The newest first. `not_found` when there is no such topic or partition.
  virtual Result<std::vector<BrowsedMessage>> messages(const BrowseRequest& request) = 0;

  // Dead letters of a topic that were neither redelivered nor discarded, at most `limit`.
  virtual Result<std::vector<BrowsedLetter>> dead_letters(const std::string& topic, std::size_t limit) = 0;
  // Those with these ids (none: all): sends them to their topic again, or discards them. `not_found` names an id that
  // there is not.
  virtual Result<std::vector<LetterResult>> redeliver(const std::string& topic,
                                                      const std::vector<std::string>& ids) = 0;
  virtual Result<std::vector<LetterResult>> discard(const std::string& topic, const std::vector<std::string>& ids) = 0;
};

}  // namespace sagactl
