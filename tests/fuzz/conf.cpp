// Fuzzes machine files of ctys, and the domains that are made of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/conf.hpp"

#include "fuzz.hpp"
#include "libvirt/conf_edit.hpp"
#include "libvirt/ctys_file.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/keys.hpp"

#include <ctys/error.hpp>

#include <algorithm>
#include <string>

namespace {

// What is read as a key is also what is edited: setting and deleting it leaves all other keys as they are.
void check_edits(std::string_view text, const ctys::libvirt::Conf& conf) {
  using namespace ctys;
  constexpr std::size_t kEnough = 8;
  for (std::size_t at = 0; at < std::min(conf.keys.pairs.size(), kEnough); ++at) {
    const std::string key = libvirt::stored_key(conf.keys.pairs[at].first);
    const auto without = libvirt::without_key(text, key);
    fuzz::must(without.has_value(), "a key that is read can be deleted");
    fuzz::must(without->size() < text.size(), "what is deleted is gone");
    const std::string with = libvirt::with_key(text, key, "fuzz");
    const auto rest = libvirt::parse_keys(*without).keys;
    const auto changed = libvirt::parse_keys(with).keys;
    fuzz::must(libvirt::without_key(with, key) == without, "all other lines stay");
    for (const auto& [name, value] : conf.keys.pairs) {
      const bool same = libvirt::stored_key(name) == key;
      fuzz::must(rest.has(name) != same, "nothing else is deleted");
      if (!same) fuzz::must(changed.get(name) == value, "no other value changes");
    }
    fuzz::must(changed.pairs.size() == conf.keys.pairs.size(), "no key is added");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  const auto proper = [](const Error& error) {
    fuzz::must(!error.summary.empty() && error.code != Exit::defect, "an error says what is wrong");
  };
  try {
    check_edits(text, libvirt::parse_keys(text));
  } catch (const Error& error) {
    proper(error);
  }
  try {
    const auto conf = libvirt::parse_conf(text);
    (void)libvirt::qemu_score(conf);
    for (std::size_t interface = 0; interface < 3; ++interface) {
      (void)libvirt::addresses_of(conf.keys, interface);
      (void)libvirt::mac_of(conf.keys, interface);
    }
    const libvirt::HostFacts host{false, "x86_64", {"br0"}};
    const auto xml = libvirt::domain_xml(conf, "/fuzz/machine.ctys", libvirt::kQemu, host);
    fuzz::must(!libvirt::parse_domain(xml).name.empty(), "a machine file becomes a domain with a name");
  } catch (const Error& error) {
    proper(error);
  }
  return 0;
}
