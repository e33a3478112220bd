// The words for fields, in one table each for the inventory, the list of sessions, reports, results, plugins.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Add a field: append it to ctys/field.hpp, then to kInventory (with a number) or kBeside (without one).
// Every layout then knows it by itself, as a numbered or as an extra column.
#include "model/schema.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace ctys::model {
namespace {

constexpr std::array kInventory{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::type, "SessionType", "TYPE|STYPE|ST"},
    ColumnName{Field::label, "Label", "LABEL|L"},
    ColumnName{Field::id, "ID", "IDS|ID|I|PNAME|P|PATHNAME"},
    ColumnName{Field::uuid, "UUID", "UUID|U"},
    ColumnName{Field::mac, "MAC", "MAC|M"},
    ColumnName{Field::tcp, "TCP", "TCP|T|ADDRESS"},
    ColumnName{Field::display, "DISPLAY", "VNCDISPLAY|DISPLAY|DISP"},
    ColumnName{Field::client_port, "ClientAccessPort", "VNCPORT|CPORT"},
    ColumnName{Field::server_port, "ServerAccessPort", "SERVERACCESS|SPORT|S"},
    ColumnName{Field::vnc_base, "VNCbasePort", "VNCBASE"},
    ColumnName{Field::dist, "Distro", "DIST"},
    ColumnName{Field::dist_rel, "Distrorel", "DISTREL"},
    ColumnName{Field::os, "OS", "OS|O"},
    ColumnName{Field::os_rel, "OSREL", "OSREL"},
    ColumnName{Field::version, "VersNo", "VERSION|VERNO|VER"},
    ColumnName{Field::serial, "SerialNo", "SERIALNUMBER|SERNO"},
    ColumnName{Field::category, "Category", "CATEGORY|CAT"},
    ColumnName{Field::vm_state, "VMstate", "VMSTATE|VSTAT"},
    ColumnName{Field::hyper_rel, "HypervisorRelease", "HYPERREL|HYREL"},
    ColumnName{Field::stack_cap, "StackCapability", "STACKCAP|SCAP"},
    ColumnName{Field::stack_req, "StackRequirement", "STACKREQ|SREQ"},
    ColumnName{Field::hw_cap, "HWcapability", "HWCAP"},
    ColumnName{Field::hw_req, "HWrequirement", "HWREQ"},
    ColumnName{Field::exec_location, "ExecLocation", "EXECLOCATION"},
    ColumnName{Field::reloc_cap, "RelocationCapability", "RELOCCAP"},
    ColumnName{Field::ssh_port, "SSHport", "SSHPORT"},
    ColumnName{Field::net_name, "Netname", "NETNAME"},
    ColumnName{Field::hyper_rel_run, "HyperrelRun", "HYPERRELRUN|HRELRUN|HRELX|HRX|HYRELRUN"},
    ColumnName{Field::accelerator, "Accelerator", "ACCELERATOR|ACCEL"},
    ColumnName{Field::exe_path, "ExePath", "EXEPATH|EXEP"},
    ColumnName{Field::index, "Index", "INDEX"},
    ColumnName{Field::if_name, "ifname", "IFNAME|IF"},
    ColumnName{Field::ctys_release, "CTYSrelease", "CTYSRELEASE"},
    ColumnName{Field::netmask, "netmask", "NETMASK"},
    ColumnName{Field::gateway, "gateway", "GATEWAY|GW"},
    ColumnName{Field::relay, "relay", "RELAY"},
    ColumnName{Field::arch, "Arch", "ARCH"},
    ColumnName{Field::platform, "Platform", "PLATFORM|PFORM"},
    ColumnName{Field::vram, "VRAM", "VRAM"},
    ColumnName{Field::vcpu, "VCPU", "VCPU"},
    ColumnName{Field::context, "ContextStg", "CONTEXTSTRING|CONTEXTSTRG|CSTRG"},
    ColumnName{Field::user_string, "UserStrg", "USERSTRING|USTRG"},
    ColumnName{Field::user, "UID", "USERID|UID|USER"},
    ColumnName{Field::group, "GID", "GROUPID|GID|GROUP"},
    ColumnName{Field::default_hosts, "DefHOSTs", "DEFAULTHOSTS|DEFHOSTS|DEFH"},
    ColumnName{Field::default_console, "DefCONSOLE", "DEFAULTCONSOLE|DEFCON|DEFC"},
};

// Fields without a number in the inventory.
constexpr std::array kBeside{
    ColumnName{Field::pid, "PID", "PID"},
    ColumnName{Field::cs_type, "CStype", "CSTYPE|SITE"},
    ColumnName{Field::job_id, "JobID", "JOBID|JID"},
    ColumnName{Field::state, "State", "STATE"},
    ColumnName{Field::address_source, "AddressSource", "ADDRESSSOURCE|ADDRESS_SOURCE|SOURCE"},
    ColumnName{Field::name, "Name", "NAME|N"},
    ColumnName{Field::result, "Result", "RESULT"},
    ColumnName{Field::detail, "Detail", "DETAIL"},
    ColumnName{Field::topic, "Topic", "TOPIC"},
    ColumnName{Field::key, "Key", "KEY"},
    ColumnName{Field::value, "Value", "VALUE"},
    ColumnName{Field::capability, "Capability", "CAPABILITY|CAP"},
    ColumnName{Field::listen, "Listen", "LISTEN"},
    ColumnName{Field::persistent, "Persistent", "PERSISTENT"},
    ColumnName{Field::seen, "Seen", "SEEN"},
    ColumnName{Field::age, "Age", "AGE"},
};

constexpr std::array kList{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::type, "SessionType", "TYPE|STYPE|ST"},
    ColumnName{Field::label, "Label", "LABEL|L"},
    ColumnName{Field::id, "ID", "ID|IDS|I|PATHNAME|PNAME|P"},
    ColumnName{Field::uuid, "UUID", "UUID|U"},
    ColumnName{Field::mac, "MAC", "MAC|M"},
    ColumnName{Field::tcp, "TCP", "TCP|T|ADDRESS"},
    ColumnName{Field::display, "DISPLAY", "DISPLAY|VNCDISPLAY|DISP"},
    ColumnName{Field::client_port, "ClientAccessPort", "CPORT|VNCPORT"},
    ColumnName{Field::server_port, "ServerAccessPort", "SPORT|SERVERACCESS"},
    ColumnName{Field::pid, "PID", "PID"},
    ColumnName{Field::user, "UID", "USER|UID|USERID"},
    ColumnName{Field::group, "GID", "GROUP|GID|GROUPID"},
    ColumnName{Field::cs_type, "CStype", "CSTYPE|SITE"},
    ColumnName{Field::job_id, "JobID", "JOBID|JID"},
    ColumnName{Field::if_name, "ifname", "IFNAME|IF"},
    ColumnName{Field{}, "reserved", ""},
    ColumnName{Field::context, "ContextStg", "CONTEXTSTRG|CSTRG|CONTEXTSTRING"},
    ColumnName{Field::exe_path, "ExePath", "EXEPATH|EXEP"},
    ColumnName{Field::hyper_rel_run, "HyperrelRun", "HYPERRELRUN|HRELRUN|HRELX|HRX"},
    ColumnName{Field::accelerator, "Accelerator", "ACCELERATOR|ACCEL"},
    ColumnName{Field::arch, "Arch", "ARCH"},
};

constexpr std::array kReport{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::type, "SessionType", "TYPE|STYPE|ST"},
    ColumnName{Field::topic, "Topic", "TOPIC"},
    ColumnName{Field::key, "Key", "KEY"},
    ColumnName{Field::value, "Value", "VALUE"},
};

constexpr std::array kResult{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::type, "SessionType", "TYPE|STYPE|ST"},
    ColumnName{Field::label, "Label", "LABEL|L"},
    ColumnName{Field::id, "ID", "ID|IDS|I|PATHNAME|PNAME|P"},
    ColumnName{Field::uuid, "UUID", "UUID|U"},
    ColumnName{Field::result, "Result", "RESULT"},
    ColumnName{Field::state, "State", "STATE"},
    ColumnName{Field::detail, "Detail", "DETAIL"},
};

constexpr std::array kPlugins{
    ColumnName{Field::type, "SessionType", "TYPE|STYPE|ST"},
    ColumnName{Field::category, "Category", "CATEGORY|CAT"},
    ColumnName{Field::version, "Version", "VERSION|VERNO|VER"},
    ColumnName{Field::state, "State", "STATE"},
    ColumnName{Field::detail, "Detail", "DETAIL"},
    ColumnName{Field::capability, "Capability", "CAPABILITY|CAP"},
    ColumnName{Field::accelerator, "Accelerator", "ACCELERATOR|ACCEL"},
    ColumnName{Field::hyper_rel_run, "HyperrelRun", "HYPERRELRUN|HRELRUN|HRELX|HRX"},
    ColumnName{Field::context, "ContextStg", "CONTEXTSTRG|CSTRG|CONTEXTSTRING"},
    ColumnName{Field::id, "File", "FILE|ID|IDS|I|PATHNAME|PNAME|P"},
};

constexpr std::array kDoctor{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::topic, "Step", "STEP|TOPIC"},
    ColumnName{Field::result, "Result", "RESULT"},
    ColumnName{Field::detail, "Detail", "DETAIL"},
    ColumnName{Field::value, "Fix", "FIX|VALUE"},
};

constexpr std::array kImport{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::result, "Result", "RESULT"},
    ColumnName{Field::address_source, "Source", "SOURCE|ADDRESSSOURCE"},
    ColumnName{Field::detail, "Detail", "DETAIL"},
};

constexpr std::array kCopies{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::result, "Result", "RESULT"},
    ColumnName{Field::version, "Version", "VERSION|VERNO|VER"},
    ColumnName{Field::value, "Build", "BUILD|VALUE"},
    ColumnName{Field::id, "ID", "ID|IDS|I|PATHNAME|PNAME|P"},
    ColumnName{Field::detail, "Detail", "DETAIL"},
};

constexpr std::array kVping{
    ColumnName{Field::host, "ContainingMachine", "PM|HOST|H"},
    ColumnName{Field::tcp, "TCP", "TCP|T|IP|ADDRESS"},
    ColumnName{Field::state, "Ping", "PING|STATE"},
    ColumnName{Field::result, "SSH", "SSH|RESULT"},
    ColumnName{Field::value, "Inventory", "INVENTORY|DB|VALUE"},
    ColumnName{Field::detail, "Detail", "DETAIL"},
};

constexpr std::array kMacmap{
    ColumnName{Field::name, "Name", "NAME|N"},
    ColumnName{Field::mac, "MAC", "MAC|M"},
    ColumnName{Field::tcp, "IP", "IP|TCP|T|ADDRESS"},
};

constexpr std::array kJobs{
    ColumnName{Field::job_id, "Job", "JOB|JOBID|JID"},
    ColumnName{Field::state, "State", "STATE"},
    ColumnName{Field::value, "Status", "STATUS|VALUE"},
    ColumnName{Field::seen, "Started", "STARTED|SEEN"},
    ColumnName{Field::age, "Took", "TOOK|AGE"},
    ColumnName{Field::detail, "Command", "COMMAND|DETAIL"},
};

constexpr std::array kKept{
    ColumnName{Field::host, "Host", "HOST|PM|H"}, ColumnName{Field::gateway, "Through", "THROUGH|VIA"},
    ColumnName{Field::state, "State", "STATE"},   ColumnName{Field::value, "Left", "LEFT|VALUE"},
    ColumnName{Field::pid, "PID", "PID"},
};

constexpr bool numbers_are_complete() {
  for (std::size_t at = 0; at < kInventory.size(); ++at)
    if (static_cast<std::size_t>(kInventory[at].field) != at + 1) return false;
  for (std::size_t at = 0; at < kBeside.size(); ++at)
    if (static_cast<std::size_t>(kBeside[at].field) != static_cast<std::size_t>(Field::pid) + at)
      return false;
  return static_cast<std::size_t>(kBeside.back().field) + 1 == kFieldSlots;
}
static_assert(kInventory.size() == kInventoryFields && numbers_are_complete(), "every field has a name");
static_assert(kList.size() == 22, "the list has 22 positional fields");

template <std::size_t N>
constexpr bool holds(const std::array<ColumnName, N>& columns, Field field) {
  return std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return c.field == field; });
}

// How many fields a layout does not number.
template <std::size_t N>
constexpr std::size_t count_rest(const std::array<ColumnName, N>& numbered) {
  const auto missing = [&](const auto& c) { return !holds(numbered, c.field); };
  return static_cast<std::size_t>(std::count_if(kInventory.begin(), kInventory.end(), missing) +
                                  std::count_if(kBeside.begin(), kBeside.end(), missing));
}

template <std::size_t Count, std::size_t N>
constexpr std::array<ColumnName, Count> rest_of(const std::array<ColumnName, N>& numbered) {
  std::array<ColumnName, Count> rest{};
  std::size_t at = 0;
  for (const auto& column : kBeside)
    if (!holds(numbered, column.field)) rest[at++] = column;
  for (const auto& column : kInventory)
    if (!holds(numbered, column.field)) rest[at++] = column;
  return rest;
}

constexpr auto kListRest = rest_of<count_rest(kList)>(kList);
constexpr auto kInventoryRest = rest_of<count_rest(kInventory)>(kInventory);
constexpr auto kReportRest = rest_of<count_rest(kReport)>(kReport);
constexpr auto kResultRest = rest_of<count_rest(kResult)>(kResult);
constexpr auto kPluginsRest = rest_of<count_rest(kPlugins)>(kPlugins);
constexpr auto kDoctorRest = rest_of<count_rest(kDoctor)>(kDoctor);
constexpr auto kImportRest = rest_of<count_rest(kImport)>(kImport);
constexpr auto kCopiesRest = rest_of<count_rest(kCopies)>(kCopies);
constexpr auto kVpingRest = rest_of<count_rest(kVping)>(kVping);
constexpr auto kMacmapRest = rest_of<count_rest(kMacmap)>(kMacmap);
constexpr auto kJobsRest = rest_of<count_rest(kJobs)>(kJobs);
constexpr auto kKeptRest = rest_of<count_rest(kKept)>(kKept);

bool is_named(const ColumnName& column, std::string_view word) {
  std::string_view rest = column.keywords;
  while (!rest.empty()) {
    const auto end = rest.find('|');
    if (text::equal_ci(rest.substr(0, end), word)) return true;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return column.field != Field{} && text::equal_ci(column.title, word);
}

}  // namespace

std::span<const ColumnName> columns(Layout layout) {
  switch (layout) {
    case Layout::list:
      return kList;
    case Layout::enumerate:
      return kInventory;
    case Layout::report:
      return kReport;
    case Layout::result:
      return kResult;
    case Layout::plugins:
      return kPlugins;
    case Layout::doctor:
      return kDoctor;
    case Layout::import:
      return kImport;
    case Layout::copies:
      return kCopies;
    case Layout::vping:
      return kVping;
    case Layout::macmap:
      return kMacmap;
    case Layout::jobs:
      return kJobs;
    case Layout::kept:
      return kKept;
  }
  return {};
}

std::span<const ColumnName> extra_columns(Layout layout) {
  switch (layout) {
    case Layout::list:
      return kListRest;
    case Layout::enumerate:
      return kInventoryRest;
    case Layout::report:
      return kReportRest;
    case Layout::result:
      return kResultRest;
    case Layout::plugins:
      return kPluginsRest;
    case Layout::doctor:
      return kDoctorRest;
    case Layout::import:
      return kImportRest;
    case Layout::copies:
      return kCopiesRest;
    case Layout::vping:
      return kVpingRest;
    case Layout::macmap:
      return kMacmapRest;
    case Layout::jobs:
      return kJobsRest;
    case Layout::kept:
      return kKeptRest;
  }
  return {};
}

const ColumnName* find_column(Layout layout, std::string_view word) {
  if (word.empty()) return nullptr;
  for (const auto part : {columns(layout), extra_columns(layout)})
    for (const auto& column : part)
      if (is_named(column, word)) return &column;
  return nullptr;
}

std::size_t position(Layout layout, Field field) {
  if (field == Field{}) return 0;
  const auto numbered = columns(layout);
  const auto at =
      std::find_if(numbered.begin(), numbered.end(), [&](const auto& c) { return c.field == field; });
  return at == numbered.end() ? 0 : static_cast<std::size_t>(at - numbered.begin()) + 1;
}

}  // namespace ctys::model
