// What stays of a record where a scan that found its machine says nothing.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/compose.hpp"
#include "inventory/key.hpp"
#include "inventory/merge.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace ctys::inventory {
namespace {

// These are what the scan observes: that there is nothing, is what it has to say.
constexpr std::array kObserved{
    Field::display,        // a machine that does not run has none, and its old one may be another's now
    Field::client_port,    // the same
    Field::vnc_base,       // says how the display became the port
    Field::hyper_rel_run,  // of the hypervisor that answered now
    Field::index,          // when the machine was seen
};

// These belong to one interface: another one has others.
constexpr std::array kOfInterface{Field::tcp,     Field::net_name, Field::if_name,
                                  Field::netmask, Field::gateway,  Field::relay};

bool is_one_of(std::span<const Field> some, Field field) {
  return std::find(some.begin(), some.end(), field) != some.end();
}

// A record without a MAC address is about whatever interface its machine has.
bool same_interface(std::string_view a, std::string_view b) {
  const auto one = field(a, kMac);
  const auto two = field(b, kMac);
  std::string first;
  std::string second;
  return one.empty() || two.empty() || fold(one, first) == fold(two, second);
}

}  // namespace

std::string completed(std::string_view scanned, std::string_view known) {
  auto fields = split(scanned);
  const auto before = split(known);
  const bool same = same_interface(scanned, known);
  for (std::size_t at = 0; at < kFields; ++at) {
    const auto number = static_cast<Field>(at + 1);
    if (!fields[at].empty() || is_one_of(kObserved, number)) continue;
    if (same || !is_one_of(kOfInterface, number)) fields[at] = before[at];
  }
  auto line = joined(fields);
  // What two lines hold need not fit in one.
  return line.size() <= kMaxLine ? line : line_of(record_of(line), {});
}

}  // namespace ctys::inventory
