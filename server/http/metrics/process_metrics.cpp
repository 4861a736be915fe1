#include "server/http/metrics/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace sagactl::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void add_family(std::vector<MetricFamily>& families, const char* name, const char* help, MetricType type,
                double value) {
  MetricFamily& family = families.emplace_back();
  family.name = name;
  family.help = help;
  family.type = type;
  ClientMetric& metric = family.metric.emplace_back();
  if (type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
}

struct ProcessStat {
  double cpu_ticks = 0, started_ticks = 0, virtual_bytes = 0, resident_pages = 0, threads = 0;
};

// /proc/self/stat. The program's name may contain spaces and ends with the last parenthesis.
std::optional<ProcessStat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  if (!std::getline(file, text) || text.rfind(')') == text.npos) return std::nullopt;
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  ProcessStat stat;
  std::string field;
  for (int number = 3; fields >> field; ++number) {
    if (number == 14 || number == 15) stat.cpu_ticks += std::stod(field);
    if (number == 20) stat.threads = std::stod(field);
    if (number == 22) stat.started_ticks = std::stod(field);
    if (number == 23) stat.virtual_bytes = std::stod(field);
    if (number == 24) {
      stat.resident_pages = std::stod(field);
      return stat;
    }
  }
  return std::nullopt;
}

// The boot time of the machine, in seconds since 1970.
std::optional<double> boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;)
    if (word == "btime") {
      double seconds = 0;
      if (file >> seconds) return seconds;
    }
  return std::nullopt;
}

std::optional<double> open_descriptors() {
  std::error_code failed;
  double count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", failed), end; !failed && entry != end;
       entry.increment(failed))
    ++count;
  if (failed) return std::nullopt;
  return count - 1;  // without the one used for counting
}

}  // namespace

std::vector<MetricFamily> process_families() {
  std::vector<MetricFamily> families;
  if (const auto stat = read_stat()) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    add_family(families, "process_cpu_seconds_total", "User and system CPU time of the process", MetricType::Counter,
               stat->cpu_ticks / ticks);
    add_family(families, "process_resident_memory_bytes", "Resident memory of the process", MetricType::Gauge,
               stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)));
    add_family(families, "process_virtual_memory_bytes", "Virtual memory of the process", MetricType::Gauge,
               stat->virtual_bytes);
    add_family(families, "process_threads", "Threads of the process", MetricType::Gauge, stat->threads);
    if (const auto boot = boot_time())
      add_family(families, "process_start_time_seconds", "Start time of the process, in seconds since 1970",
                 MetricType::Gauge, *boot + stat->started_ticks / ticks);
  }
  if (const auto open = open_descriptors())
    add_family(families, "process_open_fds", "Open file descriptors", MetricType::Gauge, *open);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    add_family(families, "process_max_fds", "Maximum of open file descriptors", MetricType::Gauge,
               static_cast<double>(limit.rlim_cur));
  return families;
}

}  // namespace sagactl::http
