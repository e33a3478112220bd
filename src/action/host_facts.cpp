// Facts about this host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/host_facts.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <utility>

namespace ctys::action {
namespace fs = std::filesystem;
using model::Record;
namespace {

constexpr std::size_t kFileLimit = 4U << 20;

class Report {
 public:
  explicit Report(std::vector<Record>& records) : records_(records) {}
  void topic(std::string name) { topic_ = std::move(name); }
  void add(std::string key, std::string value) {
    if (value.empty()) return;
    Record record;
    record.set(Field::host, paths::host_name()).set(Field::type, "PM").set(Field::topic, topic_);
    record.set(Field::key, std::move(key)).set(Field::value, std::move(value));
    records_.push_back(std::move(record));
  }

 private:
  std::vector<Record>& records_;
  std::string topic_;
};

// The value of the first line "key<blank>:<blank>value" or "key=value"; quotes are dropped.
std::string value_of(std::string_view content, std::string_view key, char separator) {
  for (const auto line : text::split(content, '\n')) {
    const auto at = line.find(separator);
    if (at == std::string_view::npos || text::trim(line.substr(0, at)) != key) continue;
    auto value = text::trim(line.substr(at + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

std::string content_of(const fs::path& path) {
  return read_file(path, kFileLimit).value_or(std::string());
}

// "24596744 kB" as megabytes.
std::string megabytes(std::string_view kilobytes) {
  const auto value = text::number(kilobytes.substr(0, kilobytes.find(' ')));
  return value ? std::to_string(*value / 1024) + " MB" : std::string();
}

void add_memory(Report& report, bool with_free) {
  const auto memory = content_of("/proc/meminfo");
  report.topic("memory");
  report.add("total", megabytes(value_of(memory, "MemTotal", ':')));
  if (with_free) report.add("available", megabytes(value_of(memory, "MemAvailable", ':')));
  report.add("swap", megabytes(value_of(memory, "SwapTotal", ':')));
  if (with_free) report.add("swap free", megabytes(value_of(memory, "SwapFree", ':')));
}

void add_system(Report& report) {
  utsname names{};
  if (::uname(&names) != 0) return;
  const auto release = content_of("/etc/os-release");
  report.topic("system");
  report.add("node", names.nodename);
  report.add("system", names.sysname);
  report.add("distribution", value_of(release, "PRETTY_NAME", '='));
  report.add("kernel", names.release);
  report.add("kernel version", names.version);
  const auto words = " " + std::string(names.version) + " ";
  report.add("SMP", words.find(" SMP ") == std::string::npos ? "no" : "yes");
  report.add("machine", names.machine);
}

// Processors that are alike as one line: "0-7", "AMD EPYC, socket 0, 2596 MHz".
std::vector<std::pair<std::string, std::string>> alike(std::string_view cpus) {
  std::vector<std::pair<std::string, std::string>> groups;
  std::string first;
  for (auto rest = cpus; !rest.empty();) {
    const auto end = std::min(rest.find("\n\n"), rest.size());
    const auto cpu = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const auto number = value_of(cpu, "processor", ':');
    if (number.empty()) continue;
    const auto mhz = value_of(cpu, "cpu MHz", ':');
    auto what = value_of(cpu, "model name", ':');
    what.append(", socket ").append(value_of(cpu, "physical id", ':'));
    what.append(", ").append(mhz, 0, mhz.find('.')).append(" MHz");
    if (groups.empty() || groups.back().second != what) {
      first = number;
      groups.emplace_back(number, std::move(what));
    } else {
      groups.back().first = first;
      groups.back().first.append("-").append(number);
    }
  }
  return groups;
}

void add_processor(Report& report) {
  const auto cpus = content_of("/proc/cpuinfo");
  const auto flags = " " + value_of(cpus, "flags", ':') + " ";
  const auto has = [&](std::string_view flag) {
    return flags.find(" " + std::string(flag) + " ") == std::string::npos ? std::string("no")
                                                                          : std::string("yes");
  };
  report.topic("processor");
  report.add("count", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)));
  report.add("model", value_of(cpus, "model name", ':'));
  report.add("MHz", value_of(cpus, "cpu MHz", ':'));
  report.add("cache", value_of(cpus, "cache size", ':'));
  report.add("vmx", has("vmx"));
  report.add("svm", has("svm"));
  report.add("pae", has("pae"));
  for (const auto& [which, what] : alike(cpus)) report.add(which, what);
}

// "/usr/bin/virsh, 9.0.0"
std::string version_of(const std::array<std::string, 2>& question) {
  constexpr std::size_t kMost = 4096;
  constexpr std::chrono::milliseconds kPatience{2000};
  const auto path = find_program(question[0]);
  if (!path) return "not found";
  const auto output = output_of(question, kMost, kPatience);
  if (!output) return *path + ", its version is not known: " + output.error().why;
  for (const auto line : text::split(*output, '\n'))
    if (line.find_first_of("0123456789") != std::string_view::npos)
      return *path + ", " + text::printable(text::trim(line));
  return *path;
}

void add_programs(Report& report) {
  report.topic("programs");
  using Question = std::array<std::string, 2>;  // what makes a program tell its version
  for (const auto& ask : {Question{"qemu-system-x86_64", "--version"}, Question{"virsh", "--version"},
                          Question{"ssh", "-V"}, Question{"xterm", "-version"},
                          Question{"gnome-terminal", "--version"}, Question{"xtigervncviewer", "--version"}})
    report.add(ask[0], version_of(ask));
}

struct Busy {
  std::uint64_t ticks = 0;
  std::string pid;
  std::string name;
};

// Processes by the processor time they have used so far.
std::vector<Busy> busiest(std::size_t count) {
  std::vector<Busy> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    auto pid = entry.path().filename().string();
    if (!text::number(pid)) continue;
    const auto stat = content_of(entry.path() / "stat");
    const auto open = stat.find('(');
    const auto close = stat.rfind(") ");
    if (open == std::string::npos || close == std::string::npos) continue;
    const auto fields = text::split(std::string_view(stat).substr(close + 2), ' ');
    constexpr std::size_t kUserTicks = 11;  // fields 14 and 15 of proc(5)
    if (fields.size() <= kUserTicks + 1) continue;
    const auto ticks =
        text::number(fields[kUserTicks]).value_or(0) + text::number(fields[kUserTicks + 1]).value_or(0);
    all.push_back({ticks, std::move(pid), stat.substr(open + 1, close - open - 1)});
  }
  std::sort(all.begin(), all.end(), [](const Busy& a, const Busy& b) { return a.ticks > b.ticks; });
  all.resize(std::min(all.size(), count));
  return all;
}

void add_processes(Report& report) {
  report.topic("processes");
  const auto per_second = std::max<long>(::sysconf(_SC_CLK_TCK), 1);
  constexpr std::size_t kShown = 10;
  for (const auto& process : busiest(kShown))
    report.add(
        process.pid,
        process.name + ", " + std::to_string(process.ticks / static_cast<unsigned long>(per_second)) + " s");
}

// What the sensors' drivers call an alarm: files *_alarm below /sys/class/hwmon that read 1.
void add_health(Report& report) {
  unsigned sensors = 0;
  unsigned alarms = 0;
  std::error_code error;
  for (const auto& chip : fs::directory_iterator("/sys/class/hwmon", error)) {
    std::error_code gone;
    for (const auto& file : fs::directory_iterator(chip.path(), gone)) {
      if (!file.path().filename().string().ends_with("_alarm")) continue;
      ++sensors;
      alarms += text::trim(content_of(file.path())) == "1" ? 1U : 0U;
    }
  }
  report.topic("health");
  report.add("sensors with alarms", std::to_string(sensors));
  report.add("alarms", std::to_string(alarms));
}

}  // namespace

std::vector<Record> host_facts() {
  std::vector<Record> records;
  Report report(records);
  add_system(report);
  add_processor(report);
  add_memory(report, false);
  add_programs(report);
  return records;
}

std::vector<Record> host_figures() {
  std::vector<Record> records;
  Report report(records);
  report.topic("load");
  const auto load = content_of("/proc/loadavg");
  const auto words = text::split(load, ' ');
  constexpr std::array<const char*, 3> kSpans{"1 min", "5 min", "15 min"};
  for (std::size_t i = 0; i < kSpans.size() && i < words.size(); ++i)
    report.add(kSpans.at(i), std::string(words[i]));
  add_memory(report, true);
  add_processes(report);
  add_health(report);
  return records;
}

}  // namespace ctys::action
