// Lists domains: a fixed number of calls for all states instead of one for each domain.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/inventory.hpp"

#include "libvirt/record.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace ctys::libvirt {
namespace {

std::vector<DomainHandle> list_domains(const Connection& connection, unsigned flags) {
  virDomainPtr* raw = nullptr;
  const int count = virConnectListAllDomains(connection.get(), &raw, flags);
  if (count < 0) throw last_error("cannot list the machines of " + connection.uri());
  std::vector<DomainHandle> domains;
  domains.reserve(static_cast<std::size_t>(count));
  for (int at = 0; at < count; ++at) domains.emplace_back(raw[at]);  // NOLINT: libvirt's array
  std::free(static_cast<void*>(raw));                                // NOLINT(cppcoreguidelines-no-malloc)
  return domains;
}

using Uuid = std::array<unsigned char, VIR_UUID_BUFLEN>;

Uuid raw_uuid(virDomainPtr domain) {
  Uuid uuid{};
  virDomainGetUUID(domain, uuid.data());
  return uuid;
}

std::set<Uuid> matching(const Connection& connection, unsigned flags) {
  std::set<Uuid> uuids;
  for (const auto& domain : list_domains(connection, flags)) uuids.insert(raw_uuid(domain.get()));
  return uuids;
}

std::string_view exact_state(virDomainPtr domain) {
  int state = VIR_DOMAIN_NOSTATE;
  int reason = 0;
  if (virDomainGetState(domain, &state, &reason, 0) < 0) return "unknown";
  return state_word(domain, state, reason, false);
}

bool is_active(virDomainPtr domain) {
  return virDomainGetID(domain) != static_cast<unsigned>(-1);
}

}  // namespace

std::vector<Entry> inventory(const Connection& connection, Which which) {
  const bool all = which == Which::all;
  auto domains = list_domains(connection, all ? 0U : unsigned{VIR_CONNECT_LIST_DOMAINS_ACTIVE});
  if (domains.empty()) return {};
  const auto paused = matching(connection, VIR_CONNECT_LIST_DOMAINS_PAUSED);
  // Paused or just starting, crashed, stopping, suspended by the guest: rare enough to be asked one by one.
  const auto other = matching(connection, VIR_CONNECT_LIST_DOMAINS_OTHER);
  const auto transient = matching(connection, VIR_CONNECT_LIST_DOMAINS_TRANSIENT);
  const auto saved = all ? matching(connection, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE) : std::set<Uuid>();

  std::vector<Entry> entries;
  entries.reserve(domains.size());
  for (auto& domain : domains) {
    const Uuid uuid = raw_uuid(domain.get());
    Entry entry{nullptr, "running", is_active(domain.get()), !transient.contains(uuid)};
    if (other.contains(uuid) || paused.contains(uuid)) {
      entry.state = exact_state(domain.get());
    } else if (!entry.active) {
      entry.state = saved.contains(uuid) ? "saved" : "stopped";
    }
    entry.handle = std::move(domain);
    entries.push_back(std::move(entry));
  }
  // libvirt's order is that of a hash table: other machines, other order.
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::string_view(virDomainGetName(a.handle.get())) < virDomainGetName(b.handle.get());
  });
  return entries;
}

Entry entry_of(virDomainPtr domain) {
  int state = VIR_DOMAIN_NOSTATE;
  int reason = 0;
  if (virDomainGetState(domain, &state, &reason, 0) < 0)
    throw last_error_of(domain, "cannot read the state of");
  const bool saved = state == VIR_DOMAIN_SHUTOFF && virDomainHasManagedSaveImage(domain, 0) == 1;
  if (virDomainRef(domain) < 0) throw last_error_of(domain, "cannot keep");
  Entry entry{DomainHandle(domain), state_word(domain, state, reason, saved), virDomainIsActive(domain) == 1,
              true};
  entry.persistent = virDomainIsPersistent(domain) != 0;
  return entry;
}

}  // namespace ctys::libvirt
