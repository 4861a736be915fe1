// The status that an agent reports about its part, while it runs and when it has ended. Its entries are sent by
// entry_codec.hpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/text/json.hpp"
#include "loadgen/run.hpp"
#include "loadgen/running/run_part.hpp"

namespace sagactl {

enum class PartState : std::uint8_t {
  preparing,
  waiting,   // for the start of a phase
  sending,   // a phase has been announced
  finished,  // `generator`, `first_answers` and `faults` are there, and all entries
  failed,    // `error` says why
};

struct PartStatus {
  PartState state = PartState::preparing;
  std::string error;
  std::vector<std::string> targets;  // from `waiting` on
  std::uint32_t phases_ended = 0;
  PhaseNumbers next;              // after the last phase that ended
  EntryCounts counts;             // since the start of the run
  std::uint64_t entry_bytes = 0;  // that can be read
  GeneratorHealth generator;
  std::vector<std::map<int, std::string>> first_answers;
  std::vector<FaultMark> faults;  // of its proxy, by the clock of the ledger
};

Json encoded(const PartStatus& status);
// Throws std::exception for anything that is not a status of this version.
PartStatus decoded_status(const Json& json);

Json encoded(const PhaseStart& start, std::size_t phase);
struct NumberedStart {
  std::size_t phase = 0;
  PhaseStart start;
};
NumberedStart decoded_start(const Json& json);  // throws like decoded_status

}  // namespace sagactl
