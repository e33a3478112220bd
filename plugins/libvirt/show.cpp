// SHOW: what the running machines use at this moment, from libvirt's bulk statistics.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/inventory.hpp"
#include "libvirt/record.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ctys::libvirt {
namespace {

using std::chrono::milliseconds;

using Report = std::vector<std::pair<std::string, std::string>>;

std::string seconds_text(std::uint64_t nanoseconds) {
  constexpr std::uint64_t kPerSecond = 1'000'000'000;
  constexpr std::uint64_t kPerTenth = kPerSecond / 10;
  std::string text = std::to_string(nanoseconds / kPerSecond);
  return text.append(".").append(std::to_string(nanoseconds % kPerSecond / kPerTenth)).append(" s");
}

std::string mib_of_kib(std::uint64_t kib) {
  return std::to_string(kib / 1024) + " MiB";
}

class Statistics {
 public:
  explicit Statistics(const virDomainStatsRecord& record)
      : parameters_(record.params, static_cast<std::size_t>(record.nparams)) {}

  [[nodiscard]] std::optional<std::uint64_t> get(const std::string& name) const {
    for (const auto& one : parameters_)
      if (name == one.field) return value_of(one);
    return std::nullopt;
  }
  // The sum of block.0.rd.bytes, block.1.rd.bytes ...; nullopt: there is no such device.
  [[nodiscard]] std::optional<std::uint64_t> total(const std::string& group, const std::string& name) const {
    std::optional<std::uint64_t> sum;
    for (std::uint64_t at = 0; at < get(group + ".count").value_or(0); ++at) {
      std::string parameter = group;
      parameter.append(".").append(std::to_string(at)).append(".").append(name);
      if (const auto one = get(parameter)) sum = sum.value_or(0) + *one;
    }
    return sum;
  }

 private:
  static std::optional<std::uint64_t> value_of(const virTypedParameter& one) {
    switch (one.type) {  // NOLINTBEGIN(cppcoreguidelines-pro-type-union-access): libvirt's tagged union
      case VIR_TYPED_PARAM_ULLONG:
        return one.value.ul;
      case VIR_TYPED_PARAM_UINT:
        return one.value.ui;
      case VIR_TYPED_PARAM_LLONG:
        return one.value.l < 0 ? std::nullopt : std::optional<std::uint64_t>(one.value.l);
      case VIR_TYPED_PARAM_INT:
        return one.value.i < 0 ? std::nullopt : std::optional<std::uint64_t>(one.value.i);
      default:
        return std::nullopt;
    }  // NOLINTEND(cppcoreguidelines-pro-type-union-access)
  }
  std::span<const virTypedParameter> parameters_;
};

Report report_of(const Statistics& statistics) {
  Report report;
  const auto add = [&](const char* key, const std::optional<std::uint64_t>& value, auto&& to_words) {
    if (value) report.emplace_back(key, to_words(*value));
  };
  const auto plain = [](std::uint64_t value) { return std::to_string(value); };
  const auto bytes = [](std::uint64_t value) { return std::to_string(value) + " B"; };
  add("cpu time", statistics.get("cpu.time"), seconds_text);
  add("cpu time, user", statistics.get("cpu.user"), seconds_text);
  add("cpu time, system", statistics.get("cpu.system"), seconds_text);
  add("memory", statistics.get("balloon.current"), mib_of_kib);
  add("memory, most", statistics.get("balloon.maximum"), mib_of_kib);
  add("memory, resident", statistics.get("balloon.rss"), mib_of_kib);
  add("vcpus", statistics.get("vcpu.current"), plain);
  add("vcpus, most", statistics.get("vcpu.maximum"), plain);
  add("disks", statistics.get("block.count"), plain);
  add("disks, read", statistics.total("block", "rd.bytes"), bytes);
  add("disks, written", statistics.total("block", "wr.bytes"), bytes);
  add("interfaces", statistics.get("net.count"), plain);
  add("interfaces, received", statistics.total("net", "rx.bytes"), bytes);
  add("interfaces, sent", statistics.total("net", "tx.bytes"), bytes);
  return report;
}

// Those that the request names by the option UUID, or all where it names none.
std::vector<Entry> wanted_entries(const Connection& connection, const Request& request) {
  std::set<std::string, std::less<>> wanted;
  for (const auto& option : request.options())
    if (ctys::detail::view(option.key) == "UUID") wanted.emplace(ctys::detail::view(option.value));
  auto entries = inventory(connection, Which::active);
  if (!wanted.empty())
    std::erase_if(entries, [&](const Entry& entry) { return !wanted.contains(uuid_of(entry.handle.get())); });
  return entries;
}

using Domains = std::vector<DomainHandle>;
using Reports = std::map<std::string, Report>;  // by UUID

// Empty where the driver has no bulk statistics. A guest that is busy with something else, whose process may
// hang, is not waited for.
Reports bulk_reports(const Domains& domains, const std::string& what) {
  Reports reports;
  virDomainStatsRecordPtr* raw = nullptr;
  constexpr unsigned kWanted = VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU |
                               VIR_DOMAIN_STATS_INTERFACE | VIR_DOMAIN_STATS_BLOCK;
  std::vector<virDomainPtr> wanted;
  wanted.reserve(domains.size() + 1);
  for (const auto& domain : domains) wanted.push_back(domain.get());
  wanted.push_back(nullptr);
  const int count =
      virDomainListGetStats(wanted.data(), kWanted, &raw, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
  if (count < 0) {
    if (last_reason().code == VIR_ERR_NO_SUPPORT) return reports;
    throw last_error(what);
  }
  for (const auto* record : std::span(raw, static_cast<std::size_t>(count)))
    reports[uuid_of(record->dom)] = report_of(Statistics(*record));
  virDomainStatsRecordListFree(raw);
  return reports;
}

// The answer to the first of several equal questions that is answered. Their threads hold what they need, as
// a question may stay open for as long as a process hangs.
struct Answer {
  std::mutex mutex;
  std::condition_variable came;
  std::optional<Reports> reports;
  std::optional<Error> failure;
};

void ask(const std::shared_ptr<Answer>& answer, std::span<const Entry> entries, const std::string& what) {
  Domains held;
  held.reserve(entries.size());
  for (const auto& entry : entries) {
    if (virDomainRef(entry.handle.get()) < 0) throw last_error_of(entry.handle.get(), "cannot keep");
    held.emplace_back(entry.handle.get());
  }
  std::thread([answer, what, held = std::move(held)]() mutable {
    std::optional<Reports> reports;
    std::optional<Error> failure;
    try {
      reports = bulk_reports(held, what);
    } catch (const Error& error) {
      failure = error;  // libvirt's errors belong to their thread
    }
    held.clear();  // libvirt is left alone once there is an answer: the process may end then
    const std::lock_guard lock(answer->mutex);
    if (answer->reports || answer->failure) return;
    answer->reports = std::move(reports);
    answer->failure = std::move(failure);
    answer->came.notify_all();
  }).detach();
}

// Each question stands still at the first machine that hangs, and those behind it pass by: libvirt knows then
// that it is occupied. `asked`: how many it took.
Reports reports_of(const Connection& connection, std::span<const Entry> entries, milliseconds patience,
                   int& asked) {
  constexpr int kMostAtOnce = 4;  // a daemon serves five of one client
  const std::string what = "cannot read the statistics of " + connection.uri();
  const auto answer = std::make_shared<Answer>();
  const auto is_there = [&] { return answer->reports || answer->failure; };
  if (entries.empty()) return {};
  std::unique_lock lock(answer->mutex, std::defer_lock);
  for (asked = 1; asked <= kMostAtOnce; ++asked) {
    ask(answer, entries, what);
    lock.lock();
    if (answer->came.wait_for(lock, patience, is_there)) break;
    lock.unlock();
  }
  if (!lock.owns_lock()) lock.lock();
  answer->came.wait(lock, is_there);
  if (answer->failure) throw Error(*answer->failure);
  return *answer->reports;
}

// Has its process been silent for that long?
bool hangs(virDomainPtr domain, milliseconds patience) {
  virDomainControlInfo info{};
  return virDomainGetControlInfo(domain, &info, 0) == 0 && info.state == VIR_DOMAIN_CONTROL_OCCUPIED &&
         milliseconds(info.stateTime) >= patience / 2;
}

// What every driver can tell of one domain.
Report plain_report(virDomainPtr domain) {
  virDomainInfo info{};
  if (virDomainGetInfo(domain, &info) < 0) return {};
  return {{"cpu time", seconds_text(info.cpuTime)},
          {"memory", mib_of_kib(info.memory)},
          {"memory, most", mib_of_kib(info.maxMem)},
          {"vcpus", std::to_string(info.nrVirtCpu)}};
}

}  // namespace

void show(const Driver& driver, const Request& request, Call& call) {
  const auto connection = Connection::open(std::string(request.endpoint()), Access::read);
  const auto entries = wanted_entries(connection, request);
  constexpr milliseconds kMost{2000};
  const auto patience = std::min(kMost, request.deadline().value_or(kMost * 4) / 4);
  int asked = 0;
  const auto reports = reports_of(connection, entries, patience, asked);
  for (const Entry& entry : entries) {
    if (asked > 1 && hangs(entry.handle.get(), patience)) {
      call.fail({Exit::deadline, "cannot show " + name_of(entry.handle.get()), "its process does not answer",
                 "switch it off if it does not come back: ctys kill " + name_of(entry.handle.get())});
      continue;
    }
    const Text xml(virDomainGetXMLDesc(entry.handle.get(), 0));
    if (!xml) continue;  // it ended meanwhile: nothing to report
    const Domain domain = parse_domain(xml.get());
    const auto found = reports.find(domain.uuid);
    Report report =
        found == reports.end() || found->second.empty() ? plain_report(entry.handle.get()) : found->second;
    report.insert(report.begin(), {"state", std::string(entry.state)});
    for (const auto& [key, value] : report) {
      Row row;
      row.set(Field::type, std::string(driver.type)).set(Field::topic, domain.label()).set(Field::key, key);
      row.set(Field::value, value).set(Field::context, connection.uri());
      row.set(Field::label, domain.label()).set(Field::uuid, domain.uuid);
      call.emit(row);
    }
  }
}

}  // namespace ctys::libvirt
